import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describePlan, execute } from "@mirage/plan";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type StandIn, standIn } from "../../test/stand-in.js";
import { type XlInput, xlConfig } from "../config/config.js";
import { getString, getStrings } from "../config/lookup.js";
import { readXlConfig } from "../config/parse.js";
import { createDomain } from "./create.js";
import type { XenHost } from "./host.js";
import { planCreate } from "./plan-create.js";

const info = readFileSync(new URL("testdata/info.txt", import.meta.url), "utf8");

/** Notes what it is given to create, and fails if there is a file that says how. */
const xl = `case $1 in
info) cat "$folder/info" ;;
create)
  cp "$3" "$folder/config"
  echo "$3" >"$folder/config-path"
  [ ! -e "$folder/slow" ] || touch "$folder/creating"
  while [ -e "$folder/slow" ]; do sleep 0.05; done
  if [ -e "$folder/fails" ]; then cat "$folder/fails" >&2; exit 3; fi ;;
domid) echo 7 ;;
unpause) [ ! -e "$folder/cannot-unpause" ] ;;
esac`;

let temporary: string;
let machine: StandIn;
beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), "mirage-create-"));
  vi.stubEnv("TMPDIR", temporary);
  machine = standIn(xl);
  writeFileSync(join(machine.folder, "info"), info);
  writeFileSync(join(machine.folder, "mir-www.xen"), "kernel\0\xff");
});
afterEach(() => {
  machine.remove();
  const remains = left();
  vi.unstubAllEnvs();
  rmSync(temporary, { recursive: true });
  expect(remains).toEqual([]);
});

function left(): string[] {
  return readdirSync(temporary).filter((name) => name.startsWith("mirage-xl."));
}

function request(more: Record<string, XlInput> = {}) {
  const config = xlConfig({
    name: "it's www",
    type: "pvh",
    kernel: "mir-www.xen",
    memory: 16,
    on_reboot: "destroy",
    ...more,
  });
  return { config, directory: machine.folder };
}

function given() {
  const path = readFileSync(join(machine.folder, "config-path"), "utf8").trimEnd();
  return { path, config: readXlConfig(join(machine.folder, "config")) };
}

describe.each([0, 1])("by way %i", (way) => {
  const host = (): XenHost => machine.hosts[way] as XenHost;

  test("what xl is given", async () => {
    const created = await createDomain(host(), request());
    expect(created).toMatchObject({ id: 7, name: "it's www" });
    const { path, config } = given();
    expect(machine.calls()).toEqual([
      "info",
      `create -p ${path}`,
      "domid -- it's www",
      "unpause -- 7",
    ]);
    expect((await config).entries.map(({ key }) => key)).toEqual([
      "name",
      "type",
      "kernel",
      "memory",
      "on_reboot",
      "vcpus",
    ]);
    const kernel = getString(await config, "kernel");
    expect(kernel).toBe(
      host().isRemote ? join(dirname(path), "kernel") : join(machine.folder, "mir-www.xen"),
    );
    expect(left()).toEqual([]);
    await created.cleanUp();
  });

  test("paused", async () => {
    await createDomain(host(), { ...request(), paused: true });
    expect(machine.calls().at(-1)).toBe("domid -- it's www");
  });

  test("the copy of the kernel stays while xl may need it again", async () => {
    const created = await createDomain(host(), request({ on_reboot: "restart" }));
    expect(left()).toHaveLength(host().isRemote ? 1 : 0);
    if (host().isRemote) {
      const kernel = getString(await given().config, "kernel") ?? "";
      expect(readFileSync(kernel)).toEqual(readFileSync(join(machine.folder, "mir-www.xen")));
      expect(statSync(dirname(kernel)).mode & 0o777).toBe(0o700);
    }
    await created.cleanUp();
  });

  test("when xl refuses, nothing stays", async () => {
    writeFileSync(
      join(machine.folder, "fails"),
      "xc_dom_find_loader: no loader found: Invalid kernel",
    );
    await expect(createDomain(host(), request())).rejects.toMatchObject({
      code: "ERR_MIRAGE_XL_KERNEL",
    });
    expect(machine.calls().at(-1)).toMatch(/^create /);
  });

  test("when it cannot be started, it is destroyed", async () => {
    writeFileSync(join(machine.folder, "cannot-unpause"), "");
    await expect(createDomain(host(), request())).rejects.toMatchObject({
      code: "ERR_MIRAGE_XL_FAILED",
    });
    expect(machine.calls().at(-1)).toBe("destroy -- 7");
  });

  test("an interruption waits for xl, and then destroys", async () => {
    const slow = join(machine.folder, "slow");
    writeFileSync(slow, "");
    const controller = new AbortController();
    const creating = createDomain(host(), request(), { signal: controller.signal });
    const poll = setInterval(() => {
      if (!existsSync(join(machine.folder, "creating"))) return;
      controller.abort();
      clearInterval(poll);
      rmSync(slow);
    }, 10);
    await expect(creating).rejects.toMatchObject({ code: "ERR_MIRAGE_INTERRUPTED" });
    expect(machine.calls().at(-1)).toBe("destroy -- 7");
  });
});

describe("before anything is done", () => {
  const here = () => machine.hosts[0] as XenHost;

  test("the configuration is checked", async () => {
    const wrong = request({ memory: "much", type: "pvm" });
    await expect(createDomain(here(), wrong)).rejects.toMatchObject({
      code: "ERR_MIRAGE_XL_CONFIG",
      details: [{ code: "ERR_MIRAGE_XL_WORD" }, { code: "ERR_MIRAGE_XL_TYPE" }],
    });
    expect(machine.calls()).toEqual([]);
  });

  test.each(["absent.xen", "."])("the kernel %s", async (kernel) => {
    await expect(createDomain(here(), request({ kernel }))).rejects.toMatchObject({
      code: "ERR_MIRAGE_XL_NO_KERNEL",
      message: expect.stringContaining(join(machine.folder, kernel)),
    });
    expect(machine.calls()).toEqual([]);
  });

  test("disk images, whose paths are made absolute here and must be those of another host", async () => {
    const [, there] = machine.hosts as [XenHost, XenHost];
    writeFileSync(join(machine.folder, "disk.img"), "");
    const disk = [
      "format=raw,vdev=xvda,target=disk.img",
      "/dev/null2,,xvdb",
      "script=block-nbd,vdev=xvdc,target=x:1",
    ];
    await expect(createDomain(here(), request({ disk }))).rejects.toMatchObject({
      code: "ERR_MIRAGE_XL_NO_DISK",
      message: "the disk image /dev/null2 does not exist",
    });
    const [first = "", , last = ""] = disk;
    await createDomain(here(), request({ disk: [first, last] }));
    expect(getStrings(await given().config, "disk")).toEqual([
      `format=raw,vdev=xvda,target=${join(machine.folder, "disk.img")}`,
      last,
    ]);
    await expect(createDomain(there, request({ disk: [first] }))).rejects.toMatchObject({
      code: "ERR_MIRAGE_XL_NO_DISK",
      message: "the disk image disk.img is a file of this machine, and not of dom0",
    });
    await createDomain(there, request({ disk: ["/srv/disk.img,raw,xvda"] }));
    expect(getStrings(await given().config, "disk")).toEqual(["/srv/disk.img,raw,xvda"]);
  });

  test("bridges and memory of the host", async () => {
    await expect(
      createDomain(here(), request({ vif: ["bridge=no-such-br"] })),
    ).rejects.toMatchObject({ code: "ERR_MIRAGE_XL_NO_BRIDGE" });
    await expect(createDomain(here(), request({ memory: 4_000 }))).rejects.toMatchObject({
      code: "ERR_MIRAGE_XL_NO_MEMORY",
    });
    expect(machine.calls()).toEqual(["info", "info"]);
  });
});

test("as a plan, which is described before it is executed", async () => {
  const [, remote] = machine.hosts;
  const plan = planCreate(remote as XenHost, {
    ...request({ vif: ["script=vif-route", "script=vif-route"] }),
    paused: true,
  });
  expect(describePlan(plan.steps, { cwd: machine.folder })).toBe(
    `do      check dom0: Xen runs, 16 MB are free, bridges for 2 network interfaces
do      create the domain it's www on dom0: with a copy of mir-www.xen, paused`,
  );
  expect(machine.calls()).toEqual([]);
  const told: string[] = [];
  await execute(plan.steps, {
    onEvent: (event) => {
      if (event.kind === "progress") told.push(event.text);
    },
  });
  expect(plan.domain()).toMatchObject({ id: 7 });
  expect(told).toEqual(["copying mir-www.xen to dom0", "creating it's www"]);
});
