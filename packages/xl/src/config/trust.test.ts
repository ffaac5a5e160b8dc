import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type XlInput, xlConfig } from "./config.js";
import { xlKeys } from "./keys.js";
import { untrusted } from "./trust.js";

const reasons = (values: Record<string, XlInput>, paths?: ReadonlySet<string>) =>
  untrusted(xlConfig(values), paths ? { paths } : {}).map(({ message }) => message);

test("what mirage writes, and what a guest is made of, is trusted", () => {
  const values = {
    name: "www-2.0",
    type: "pvh",
    kernel: "mir-www.xen",
    memory: 64,
    vcpus: 1,
    cpus: "0-3",
    vif: ["bridge=xenbr0", "mac=00:16:3e:00:00:02,ip=10.0.0.2,rate=10Mb/s,untrusted"],
    disk: ["format=raw,vdev=xvda,access=ro,target=data/disk.img"],
    on_crash: "preserve",
    extra: "$(id)",
  };
  expect(reasons(values)).toEqual([]);
});

test.each<[Record<string, XlInput>, RegExp]>([
  [{ bootloader: "/tmp/x" }, /`bootloader` as root/],
  [{ bootloader_args: ["x"] }, /`bootloader_args`/],
  [{ device_model_override: "/tmp/z" }, /`device_model_override`/],
  [{ device_model_args: ["-chardev"] }, /`device_model_args`/],
  [{ device_model_args_pv: ["x"] }, /`device_model_args_pv`/],
  [{ device_model_args_hvm: ["x"] }, /`device_model_args_hvm`/],
  [{ vif: ["script=/tmp/y"] }, /the script `\/tmp\/y` would be run/],
  [{ vif: ["bridge=x", "bridge=y, script=vif-bridge"] }, /the script `vif-bridge`/],
  [{ vif: ["bridge=a b"] }, /`bridge=a b` would be told to scripts/],
  [{ vif: ["vifname=;id"] }, /`vifname=;id`/],
  [{ vif: ["ip=$(id)"] }, /`ip=/],
  [{ vif: ["backend=evil"] }, /the domain `evil`/],
  [{ vif: ["vlan=1"] }, /`vlan` is not known/],
  [{ disk: ["script=/tmp/y,vdev=xvda,target=x"] }, /the script `\/tmp\/y`/],
  [{ disk: ["iscsi:x,xvda,w"] }, /the script `block-iscsi`/],
  [{ disk: ["/dev/sda,raw,xvda,w"] }, /`\/dev\/sda` lies outside/],
  [{ disk: ["phy:/dev/sda,xvda,w"] }, /`\/dev\/sda` lies outside/],
  [{ disk: ["vdev=xvda,target=../../etc/shadow"] }, /shadow` lies outside/],
  [{ disk: ["x.qcow2,qcow2,xvda,w"] }, /a qcow2 image can name other files/],
  [{ kernel: "/boot/vmlinuz" }, /`\/boot\/vmlinuz` lies outside/],
  [{ ramdisk: "a/../../etc/shadow" }, /shadow` lies outside/],
  [{ name: "../../../etc/cron.d/x" }, /becomes the name of xl's log file/],
  [{ serial: "file:/etc/passwd" }, /`serial`/],
  [{ p9: ["tag=x,path=/,security_model=none"] }, /`p9`/],
  [{ pci: ["00:1f.2"] }, /`pci`/],
  [{ channel: ["connection=socket,path=/etc/x,name=y"] }, /`channel`/],
  [{ firmware_override: "/tmp/x" }, /`firmware_override`/],
  [{ stubdomain_kernel: "x" }, /not among the keys that are known/],
])("%j is not", (values, reason) => {
  expect(reasons(values)).toEqual([expect.stringMatching(reason)]);
});

test("no value is put together of harmless parts", () => {
  const config = xlConfig({ kernel: "." });
  const part = { key: "kernel", operator: "+=", value: { kind: "string", value: "./x" } } as const;
  expect(untrusted({ entries: [...config.entries, part] })).toHaveLength(1);
});

test.each<Record<string, XlInput>>([
  { vif: "script=/tmp/y" },
  { vif: ["nonsense"] },
  { disk: ["target="] },
])("what cannot be read is not trusted: %j", (values) => {
  expect(reasons(values)).toHaveLength(1);
});

test("what xl ignores does no harm", () => {
  expect(reasons({ memroy: 64, bootlaoder: "/tmp/x" })).toEqual([]);
});

test("somebody can vouch for a path", () => {
  const disk = ["format=raw,vdev=xvda,target=/dev/vg0/data"];
  expect(reasons({ disk }, new Set(["/dev/vg0/data"]))).toEqual([]);
  expect(reasons({ disk }, new Set(["/dev/vg0"]))).toHaveLength(1);
});

test("each error has its place", () => {
  const keySpan = { file: "a.xl" } as never;
  const entry = { key: "bootloader", value: { kind: "string", value: "x" }, keySpan } as const;
  expect(untrusted({ entries: [entry] })).toMatchObject([{ span: keySpan, severity: "error" }]);
});

test("what is trusted is what xl knows", () => {
  const source = readFileSync(new URL("./trust.ts", import.meta.url), "utf8");
  const listed = /`(uuid [\s\S]*?)`/.exec(source)?.[1]?.split(/\s+/) ?? [];
  expect(listed.length).toBeGreaterThan(40);
  expect(listed.filter((key) => !xlKeys.has(key))).toEqual([]);
});
