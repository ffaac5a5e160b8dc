import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { xlConfig } from "../config/config.js";
import { localHost } from "./host.js";
import { type HostInfo, parseHostInfo } from "./host-info.js";
import { checkResources, resolveBridges } from "./resolve-host.js";

// printed by the xl of Xen 4.17
const text = readFileSync(new URL("testdata/info.txt", import.meta.url), "utf8");
const network = "\ninterface eth0\ninterface lo\nbridge xenbr0\n";

test("xl info and the network", () => {
  expect(parseHostInfo(text + network)).toMatchObject({
    xenVersion: "4.17.7",
    cpus: 2,
    totalMemoryMb: 1023,
    freeMemoryMb: expect.any(Number),
    runsPvh: true,
    balloons: false,
    interfaces: ["eth0", "lo", "xenbr0"],
    bridges: ["xenbr0"],
  });
});

test("a host without virtualization, that balloons", () => {
  const other = text.replace("pv hvm hap", "pv").replace(/dom0_mem=\S+/, "");
  expect(parseHostInfo(other + network)).toMatchObject({ runsPvh: false, balloons: true });
});

const info = parseHostInfo(text + network);
const host = localHost();

function vifs(vif: string[], more: Partial<HostInfo> = {}): string[] {
  const config = resolveBridges(xlConfig({ name: "a", vif, memory: 16 }), host, {
    ...info,
    ...more,
  });
  const value = config.entries[1]?.value;
  expect(config.entries.map(({ key }) => key)).toEqual(["name", "vif", "memory"]);
  return value?.kind === "list"
    ? value.items.map((item) => String("value" in item && item.value))
    : [];
}

test("bridges that are there, and the default one, stay", () => {
  const same = ["mac=00:16:3e:00:00:02", "bridge=eth0", " bridge=xenbr0", "script=vif-route"];
  expect(vifs(same)).toEqual(same);
});

test("the host's only bridge is taken", () => {
  const only = { interfaces: ["br7", "lo"], bridges: ["br7"] };
  expect(vifs(["mac=00:16:3e:00:00:02", "script=vif-route"], only)).toEqual([
    "mac=00:16:3e:00:00:02,bridge=br7",
    "script=vif-route",
  ]);
});

test.each<[string, string, string[], string]>([
  [
    "bridge=xenbr1",
    "this machine has no bridge xenbr1",
    ["xenbr0"],
    "did you mean xenbr0? name one that it has with `bridge=` in `vif`: xenbr0",
  ],
  [
    "",
    "no network interface of the guest names a bridge of this machine",
    ["a", "b"],
    "name one that it has with `bridge=` in `vif`: a, b",
  ],
  [
    "bridge=a",
    "this machine has no bridge a",
    [],
    "it has none: make one with `mirage network up`",
  ],
])("%s: %s", (vif, message, bridges, hint) => {
  expect(() => vifs([vif], { bridges, interfaces: bridges })).toThrow(
    expect.objectContaining({ code: "ERR_MIRAGE_XL_NO_BRIDGE", message, hint }),
  );
});

test("memory that is not there", () => {
  const config = xlConfig({ memory: 4000 });
  expect(() => checkResources(config, host, info)).toThrow(
    expect.objectContaining({
      code: "ERR_MIRAGE_XL_NO_MEMORY",
      message: expect.stringMatching(
        /^the domain needs 4000 MB, but this machine has only \d+ MB free$/,
      ),
    }),
  );
  checkResources(config, host, { ...info, balloons: true });
  checkResources(xlConfig({ memory: 16, type: "pvh" }), host, info);
});

test("guests that the processor cannot run", () => {
  const old = { ...info, runsPvh: false };
  checkResources(xlConfig({ type: "pv" }), host, old);
  expect(() => checkResources(xlConfig({ type: "pvh" }), host, old)).toThrow(
    expect.objectContaining({ code: "ERR_MIRAGE_XL_NO_PVH" }),
  );
});
