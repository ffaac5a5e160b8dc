import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { qemuArguments, qemuCommand } from "./command.js";
import { firecrackerConfig } from "./firecracker.js";
import { libvirtDomain } from "./libvirt.js";
import type { VirtualMachine } from "./machine.js";
import { proxmoxCommands } from "./proxmox.js";

const machine: VirtualMachine = {
  name: "it's <www>",
  architecture: "amd64",
  kernel: "/srv/www & co/mir-www.xen",
  memoryMb: 32,
  networks: ["net", "dmz"],
  disks: ["/srv/a,b.img"],
  accelerator: "tcg",
  line: "",
};

test("QEMU gets devices in the order in which the kernel finds them", () => {
  const args = qemuArguments(machine, { netdev: (device) => `tap,fd=${device.length}` });
  expect(args.filter((arg) => /netdev=|^tap|drive=|^if=/.test(arg))).toEqual([
    "tap,fd=3,id=n0",
    "virtio-net-device,netdev=n0",
    "tap,fd=3,id=n1",
    "virtio-net-device,netdev=n1",
    "if=none,id=d0,format=raw,file=/srv/a,,b.img",
    "virtio-blk-device,drive=d0",
  ]);
  expect(args).not.toContain("kvm");
});

test("a machine with Arm's processors has its devices on PCI", () => {
  const arm: VirtualMachine = { ...machine, architecture: "arm64" };
  const connections = { netdev: () => "tap", status: "5" };
  const args = qemuArguments(arm, connections);
  expect(args).toEqual(expect.arrayContaining(["-machine", "virt", "-cpu", "max"]));
  expect(args).toContain("virtio-net-pci,netdev=n1,romfile=");
  expect(args).toContain("pci-serial,chardev=status");
  expect(args).toContain("pvpanic-pci");
  expect(qemuCommand(arm)).toContain("qemu-system-aarch64");
  expect(libvirtDomain(arm)).toContain("<type arch='aarch64' machine='virt'>");
});

test("a machine whose program is asked has a console for that, which its kernel is told", () => {
  const args = qemuArguments(
    { ...machine, line: "A=1 -- --b" },
    { netdev: () => "tap", control: "7" },
  );
  expect(args).toContain("socket,id=control,fd=7");
  expect(args).toContain("virtio-serial-device,max_ports=1");
  expect(args.at(-1)).toBe("control=hvc0 A=1 -- --b");
  expect(qemuArguments(machine, { netdev: () => "tap" })).not.toContain("-append");
});

test("the command is one for a shell, an option a line", () => {
  const lines = qemuCommand(machine).split(" \\\n  ");
  expect(lines).toContain("-name 'it'\\''s <www>'");
  expect(lines.at(-1)).toBe("-kernel '/srv/www & co/mir-www.xen'\n");
  const told = qemuCommand({ ...machine, line: "-- --a=b" });
  expect(told.endsWith("-append '-- --a=b'\n")).toBe(true);
});

test("libvirt's domain escapes what XML gives a meaning", () => {
  const domain = libvirtDomain({ ...machine, accelerator: "kvm" });
  expect(domain).toContain("<domain type='kvm'>");
  expect(domain).toContain("<name>it&apos;s &lt;www&gt;</name>");
  expect(domain).toContain("<kernel>/srv/www &amp; co/mir-www.xen</kernel>");
  expect(domain).toContain("<source file='/srv/a,b.img'/>");
  // The e2e test asks libvirt's schema, where it is installed.
  expect(domain).toContain("<panic model='isa'/>");
});

test("Firecracker's configuration names what it needs", () => {
  expect(JSON.parse(firecrackerConfig(machine))).toMatchObject({
    "boot-source": { kernel_image_path: machine.kernel },
    "machine-config": { vcpu_count: 1, mem_size_mib: 32 },
    drives: [{ path_on_host: "/srv/a,b.img", is_root_device: false }],
    "network-interfaces": [{ host_dev_name: "tap0" }, { host_dev_name: "tap1" }],
  });
});

test("a shell gives Proxmox's commands the words that are meant", () => {
  const script = `pvesh() { echo 104; }; qm() { printf '%s\\n' "$@"; }\n${proxmoxCommands({ ...machine, line: "-- --a=b" })}`;
  const words = execFileSync("sh", ["-euc", script], { encoding: "utf8" }).split("\n");
  expect(words.slice(0, 4)).toEqual(["create", "104", "--name", "it's <www>"]);
  expect(words).toEqual(
    expect.arrayContaining([
      "virtio,bridge=vmbr0",
      "local-lvm:0,import-from=/srv/a,b.img",
      "-kernel '/srv/www & co/mir-www.xen' -append '-- --a=b'",
    ]),
  );
  expect(words.slice(-3)).toEqual(["start", "104", ""]);
  expect(() => proxmoxCommands({ ...machine, architecture: "arm64" })).toThrow("Proxmox");
});
