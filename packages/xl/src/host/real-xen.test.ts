import { describePlan, execute } from "@mirage/plan";
import { afterAll, afterEach, expect, test } from "vitest";
import { buildGuest, realXenHost } from "../../test/real-xen.js";
import { type XlInput, xlConfig } from "../config/config.js";
import {
  createDomain,
  type DomainEvent,
  destroyDomain,
  domainConfigs,
  domainUptimes,
  findDomain,
  followDomain,
  hostInfo,
  hypervisorMessages,
  listDomains,
  openConsole,
  pauseDomain,
  planCreate,
  rebootDomain,
  shutdownDomain,
  unpauseDomain,
  type XenHost,
} from "../index.js";
import { runScript } from "./run.js";

// The driver against a real Xen host, reached by ssh: see test/real-xen.ts.

const host = realXenHost();
if (host === undefined) {
  test.skip("needs a Xen host: MIRAGE_XEN_HOST=root@HOST MIRAGE_XEN_SSH='-p PORT'", () => {});
} else {
  drive(host);
}

function drive(host: XenHost): void {
  const { kernel, remove } = buildGuest();
  afterAll(remove);

  const prefix = "mirage-test-";
  afterEach(async () => {
    for (const { id, name } of await listDomains(host)) {
      if (name.startsWith(prefix)) await destroyDomain(host, id);
    }
  });

  const limit = { timeout: 120_000 };

  function guest(name: string, what: string, more: Record<string, XlInput> = {}) {
    return xlConfig({
      name: prefix + name,
      type: "pvh",
      kernel,
      memory: 16,
      cmdline: what,
      on_reboot: "destroy",
      ...more,
    });
  }

  async function events(followed: AsyncIterable<DomainEvent>): Promise<string[]> {
    const said: string[] = [];
    for await (const event of followed) {
      if (event.type === "state") said.push(event.state);
      else if (event.type === "restarted") said.push(`restarted after ${event.reason}`);
      else said.push(`ended: ${event.reason}${event.isKept ? ", kept" : ""}`);
    }
    return said;
  }

  async function temporaryFolders(): Promise<string> {
    return runScript(host, "look", "ls -d /tmp/mirage-xl.* 2>/dev/null || :", []);
  }

  test("what the host has", limit, async () => {
    const info = await hostInfo(host);
    expect(info).toMatchObject({ xenVersion: expect.stringMatching(/^4\./), runsPvh: true });
    expect(info.freeMemoryMb).toBeGreaterThan(0);
    expect(info.interfaces).toContain("lo");
    expect(await hypervisorMessages(host)).toContain("(XEN)");
  });

  test("the life of a domain", limit, async () => {
    const name = `${prefix}it's "life"`;
    const created = await createDomain(host, { config: guest(`it's "life"`, "w"), paused: true });
    expect(await findDomain(host, name)).toMatchObject({ id: created.id, state: "paused" });
    await unpauseDomain(host, name);
    expect(await findDomain(host, created.id)).toMatchObject({ name, state: "running" });
    await pauseDomain(host, created.id);
    expect(await findDomain(host, name)).toMatchObject({ state: "paused", memoryMb: 16, vcpus: 1 });
    await unpauseDomain(host, created.id);

    expect(await domainConfigs(host, name)).toMatchObject([
      { id: created.id, name, type: "pvh", memoryMb: 16, cmdline: "w", nics: [], disks: [] },
    ]);
    const uptimes = await domainUptimes(host);
    expect(uptimes.find(({ id }) => id === created.id)).toMatchObject({ name });
    await expect(createDomain(host, { config: guest(`it's "life"`, "w") })).rejects.toMatchObject({
      code: "ERR_MIRAGE_XL_NAME_TAKEN",
    });

    await destroyDomain(host, name);
    expect(await events(followDomain(host, created))).toEqual(["ended: destroyed"]);
    expect(await findDomain(host, name)).toBeUndefined();
    expect(await temporaryFolders()).toBe("");
  });

  test.each([
    ["0", {}, "ended: poweroff"],
    ["1", {}, "ended: reboot"],
    ["3", {}, "ended: crash"],
    ["3", { on_crash: "preserve" }, "ended: crash, kept"],
    ["4", {}, "ended: watchdog"],
  ])("it ends at once with %s %j", limit, async (what, more, ended) => {
    const created = await createDomain(host, { config: guest("ends", what, more) });
    expect((await events(followDomain(host, created))).at(-1)).toBe(ended);
    expect(await temporaryFolders()).toBe("");
  });

  test("a clean shutdown, seen on the console", limit, async () => {
    const created = await createDomain(host, { config: guest("clean", "w"), paused: true });
    let output = "";
    const console = openConsole(host, created.id, {
      onOutput: (chunk) => {
        output += chunk;
        if (output.endsWith("is up\r\n") || output.endsWith("is up\n")) console.write("echo");
        if (output.endsWith("echo")) void shutdownDomain(host, created.id);
      },
    });
    const following = events(followDomain(host, created));
    await unpauseDomain(host, created.id);
    expect((await following).at(-1)).toBe("ended: poweroff");
    await console.closed;
    expect(output.replaceAll("\r", "")).toBe("the guest is up\nechoasked to power off\n");
  });

  test("through a restart, with the kernel still there", limit, async () => {
    const config = guest("again", "w", { on_reboot: "restart" });
    const created = await createDomain(host, { config });
    expect(await temporaryFolders()).not.toBe("");
    const said: string[] = [];
    for await (const event of followDomain(host, created.name)) {
      said.push(event.type);
      if (event.type === "state" && event.state === "running") {
        if (event.domain.id === created.id) await rebootDomain(host, event.domain.id);
        else await shutdownDomain(host, event.domain.id);
      }
    }
    expect(said).toContain("restarted");
    expect(said.at(-1)).toBe("ended");
    await created.cleanUp();
    expect(await temporaryFolders()).toBe("");
  });

  test("a guest without drivers does not hear requests", limit, async () => {
    const { id } = await createDomain(host, { config: guest("deaf", "w"), paused: true });
    await expect(shutdownDomain(host, id)).rejects.toMatchObject({
      code: "ERR_MIRAGE_XL_NO_ANSWER",
    });
  });

  test.each<[string, Record<string, XlInput>]>([
    ["ERR_MIRAGE_XL_NO_BRIDGE", { vif: ["bridge=nobr0"] }],
    ["ERR_MIRAGE_XL_NO_MEMORY", { memory: 900_000 }],
    ["ERR_MIRAGE_XL_NO_DISK", { disk: ["/no-such.img,raw,xvda,r"] }],
    ["ERR_MIRAGE_XL_KERNEL", { kernel: process.execPath }],
    ["ERR_MIRAGE_XL_NO_KERNEL", { kernel: "/no-such-kernel" }],
    ["ERR_MIRAGE_XL_MEMORY_TOO_SMALL", { memory: 1 }],
    ["ERR_MIRAGE_XL_CONFIG", { on_crash: "explode" }],
    ["ERR_MIRAGE_XL_FAILED", { vcpus: 4_000 }],
  ])("%s", limit, async (code, more) => {
    const creation = createDomain(host, { config: guest("fails", "w", more) });
    await expect(creation).rejects.toMatchObject({ code });
    expect(await findDomain(host, `${prefix}fails`)).toBeUndefined();
    expect(await temporaryFolders()).toBe("");
  });

  test("domains that are not there", limit, async () => {
    const refused = { code: "ERR_MIRAGE_XL_NO_DOMAIN" };
    await expect(pauseDomain(host, "-f")).rejects.toMatchObject(refused);
    await expect(destroyDomain(host, 54_321)).rejects.toMatchObject(refused);
    await expect(domainConfigs(host, "no such domain")).rejects.toMatchObject(refused);
    await expect(openConsole(host, "none", { onOutput: () => {} }).closed).rejects.toMatchObject(
      refused,
    );
    await expect(followDomain(host, "none").next()).rejects.toMatchObject(refused);
  });

  test("interrupted while it is created, nothing stays", limit, async () => {
    const controller = new AbortController();
    const creation = createDomain(
      host,
      { config: guest("interrupted", "w") },
      {
        signal: controller.signal,
        onProgress: (text) => {
          if (text.startsWith("creating")) controller.abort();
        },
      },
    );
    await expect(creation).rejects.toMatchObject({ code: "ERR_MIRAGE_INTERRUPTED" });
    expect(await findDomain(host, `${prefix}interrupted`)).toBeUndefined();
    expect(await temporaryFolders()).toBe("");
  });

  test("interrupted while it is followed, the domain goes on", limit, async () => {
    const created = await createDomain(host, { config: guest("goes-on", "w") });
    const controller = new AbortController();
    const followed = followDomain(host, created, { signal: controller.signal });
    await followed.next();
    controller.abort();
    await expect(followed.next()).rejects.toMatchObject({ code: "ERR_MIRAGE_INTERRUPTED" });
    expect(await findDomain(host, created.id)).toMatchObject({ state: "running" });
  });

  test("leaving a console ends it on the host, too", limit, async () => {
    const { id } = await createDomain(host, { config: guest("left", "w") });
    let isOpen: (() => void) | undefined;
    const opened = new Promise<void>((resolve) => {
      isOpen = resolve;
    });
    const console = openConsole(host, id, { onOutput: () => isOpen?.() });
    await opened;
    await console.close();
    const search = 'while ps ax 2>/dev/null | grep "[x]enconsole $1 "; do sleep 1; done >&2';
    await runScript(host, "look for consoles", search, [String(id)]);
    expect(await findDomain(host, id)).toMatchObject({ state: "running" });
  });

  test("as a plan", limit, async () => {
    const plan = planCreate(host, { config: guest("planned", "w") });
    expect(describePlan(plan.steps, { cwd: "/" })).toBe(
      `do      check ${host.name}: Xen runs, 16 MB are free
do      create the domain ${prefix}planned on ${host.name}: with a copy of guest.elf`,
    );
    expect(plan.domain()).toBeUndefined();
    await execute(plan.steps);
    expect(await findDomain(host, `${prefix}planned`)).toMatchObject({ id: plan.domain()?.id });
  });
}
