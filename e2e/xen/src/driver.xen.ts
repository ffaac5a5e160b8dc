import { appendFileSync, copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  createDomain,
  type DomainEvent,
  destroyDomain,
  domainConfigs,
  domainUptimes,
  findDomain,
  followDomain,
  hypervisorMessages,
  listDomains,
  openConsole,
  pauseDomain,
  printXlConfig,
  rebootDomain,
  shutdownDomain,
  sshHost,
  unpauseDomain,
  type XenHost,
  xlConfig,
} from "@mirage/xl";
import { expect } from "vitest";
import { repository, temporaryFolder } from "../../src/support/mirage.js";
import { buildForXen, builtGuest, copyOfGuest } from "./application.js";
import { mirageRun } from "./mirage-run.js";
import { eventually } from "./rig/process.js";
import { useRig, xenTest } from "./use-rig.js";

const rig = useRig();

function dom0(): XenHost {
  return sshHost(rig().host, { options: ["-F", rig().sshConfig] });
}

/** What became of a domain, in words: its states and its end. */
async function history(events: AsyncIterable<DomainEvent>): Promise<string[]> {
  const words: string[] = [];
  for await (const event of events) {
    if (event.type === "state") words.push(event.state);
    else words.push(`${event.type}: ${event.reason}`);
  }
  return words;
}

xenTest("@mirage/xl, over ssh, takes a domain through its life", async () => {
  const folder = temporaryFolder();
  copyFileSync(join(await builtGuest("lifecycle"), "mir-lifecycle.xen"), join(folder, "kernel"));
  const host = dom0();
  const config = (name: string, argument: string, more: object = {}) =>
    xlConfig({
      name,
      type: "pvh",
      kernel: "kernel",
      cmdline: argument,
      memory: 32,
      vcpus: 1,
      cpus: "1",
      vif: ["mac=00:16:3e:00:00:07"],
      on_reboot: "destroy",
      ...more,
    });
  const create = (name: string, argument: string, more?: object) =>
    createDomain(host, { config: config(name, argument, more), directory: folder, paused: true });

  const polite = await create("polite", "--act=stay");
  expect(await findDomain(host, "polite")).toMatchObject({ state: "paused", memoryMb: 32 });
  const [created] = await domainConfigs(host, "polite");
  expect(created).toMatchObject({ type: "pvh", nics: [{ mac: "00:16:3e:00:00:07" }] });
  let heard = "";
  const console_ = openConsole(host, "polite", { onOutput: (chunk) => (heard += chunk) });
  const life = followDomain(host, polite, { intervalMs: 300 });
  const next = async () => (await life.next()).value;
  expect(await next()).toMatchObject({ type: "state", state: "paused" });
  await unpauseDomain(host, "polite");
  expect(await next()).toMatchObject({ type: "state", state: "running" });
  await rig().consoleSays("polite", /^alive$/m);
  expect((await domainUptimes(host)).map(({ name }) => name)).toEqual(["Domain-0", "polite"]);
  await pauseDomain(host, "polite");
  expect(await next()).toMatchObject({ type: "state", state: "paused" });
  await unpauseDomain(host, "polite");
  expect(await next()).toMatchObject({ type: "state", state: "running" });
  await shutdownDomain(host, "polite");
  expect((await history(life)).at(-1)).toBe("ended: poweroff");
  await console_.closed;
  expect(heard.replaceAll("\r", "")).toContain("alive\nleaving\n");
  await polite.cleanUp();

  const restless = await create("restless", "--act=stay");
  await unpauseDomain(host, restless.id);
  await rig().consoleSays("restless", /^alive$/m);
  await rebootDomain(host, restless.id);
  expect((await history(followDomain(host, restless))).at(-1)).toBe("ended: reboot");
  await restless.cleanUp();

  const faulty = await create("faulty", "--act=crash", { on_crash: "preserve" });
  await unpauseDomain(host, "faulty");
  expect((await history(followDomain(host, faulty))).at(-1)).toBe("ended: crash");
  expect(await findDomain(host, "faulty")).toMatchObject({ state: "crashed" });
  await destroyDomain(host, "faulty");
  await faulty.cleanUp();

  expect((await listDomains(host)).map(({ name }) => name)).toEqual(["Domain-0"]);
  expect(await rig().run("ls /tmp")).toBe("");
  // Over a connection that is shared, only the end of its input tells a command that it is over.
  await eventually("an end of all questions", 20, async () =>
    (await rig().run("ps")).includes("xl list") ? undefined : true,
  );
});

xenTest("an interface that names no bridge gets the only one that the host has", async () => {
  const folder = temporaryFolder();
  copyFileSync(join(await builtGuest("lifecycle"), "mir-lifecycle.xen"), join(folder, "kernel"));
  const host = dom0();
  const rename = (from: string, to: string) =>
    rig().run(`ip link set ${from} down; ip link set ${from} name ${to}; ip link set ${to} up`);
  await rename("xenbr0", "lan7");
  try {
    const config = xlConfig({ name: "lost", type: "pvh", kernel: "kernel", memory: 32, vif: [""] });
    const lost = await createDomain(host, { config, directory: folder, paused: true });
    expect(await domainConfigs(host, "lost")).toMatchObject([{ nics: [{ bridge: "lan7" }] }]);
    expect(await rig().run("ls /sys/class/net/lan7/brif")).toContain(`vif${lost.id}.0`);
    await destroyDomain(host, lost.id);
    await lost.cleanUp();
  } finally {
    await rename("lan7", "xenbr0");
  }
});

xenTest("the real xl takes the files that mirage writes", async () => {
  const dryRun = async (text: string) => {
    await rig().write("/tmp/file.cfg", text);
    return JSON.parse(await rig().run("xl create -n /tmp/file.cfg; rm /tmp/file.cfg"));
  };
  const golden = join(repository, "packages/codegen/golden");
  const files = readdirSync(golden, { recursive: true, encoding: "utf8" }).filter((path) =>
    path.endsWith(".xl"),
  );
  expect(files.length).toBeGreaterThan(5);
  for (const file of files) {
    const { c_info } = await dryRun(readFileSync(join(golden, file), "utf8"));
    expect(c_info, file).toMatchObject({ type: "pvh" });
  }
  const every = xlConfig({
    name: `it's "all"`,
    type: "pvh",
    kernel: "k.xen",
    cmdline: 'a "b" \\ c',
    memory: 64,
    maxvcpus: 2,
    nomigrate: true,
    vif: ["mac=00:16:3e:00:00:01,bridge=br1,rate=10Mb/s", ""],
    vnuma: [[`pnode=0`, "size=64", "vcpus=0-1", "vdistances=10"]],
    a_key_that_xl_does_not_know: ["kept"],
  });
  expect(await dryRun(printXlConfig(every))).toMatchObject({
    c_info: { name: `it's "all"` },
    b_info: { cmdline: 'a "b" \\ c', max_vcpus: 2, vnuma_nodes: [{ distances: [10] }] },
    nics: [{ mac: "00:16:3e:00:00:01", bridge: "br1" }, { devid: 1 }],
  });
});

xenTest("mirage run --host stays with a domain that is started again", async () => {
  const folder = copyOfGuest("lifecycle");
  appendFileSync(join(folder, "lifecycle.conf"), 'xl-cmdline: "--act=stay"\n');
  const running = mirageRun(rig(), await buildForXen(folder));
  await running.says(/^alive\r?$/m);
  await rig().run("xl reboot lifecycle");
  await running.says(/lifecycle was started again as domain \d+/);
  await running.says(/alive[\s\S]*alive/);
  running.child.kill("SIGINT");
  expect((await running.finished).code).toBe(130);
  expect(await rig().run("xl list")).not.toContain("lifecycle");
});

xenTest("@mirage/xl turns what the real xl complains of into its own errors", async () => {
  const host = dom0();
  await expect(destroyDomain(host, "nobody")).rejects.toMatchObject({
    code: "ERR_MIRAGE_XL_NO_DOMAIN",
  });
  const folder = temporaryFolder();
  writeFileSync(join(folder, "text"), "this is no kernel\n");
  const request = { name: "text", type: "pvh", kernel: "text", memory: 32 };
  const create = (more: object) =>
    createDomain(host, { config: xlConfig({ ...request, ...more }), directory: folder });
  await expect(create({})).rejects.toMatchObject({ code: "ERR_MIRAGE_XL_KERNEL" });
  await expect(create({ memory: 1_000_000 })).rejects.toMatchObject({
    code: "ERR_MIRAGE_XL_NO_MEMORY",
  });
  await expect(create({ vif: ["bridge=xenbr1"] })).rejects.toMatchObject({
    code: "ERR_MIRAGE_XL_NO_BRIDGE",
    hint: expect.stringContaining("xenbr0"),
  });
  expect(await hypervisorMessages(host)).toContain("Xen version 4.17");
});
