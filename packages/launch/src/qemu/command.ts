import { shellWord } from "@mirage/diagnostics";
import type { VirtualMachine } from "./machine.js";

/** How the machine is connected with whoever runs it. */
export interface Connections {
  /** `-netdev` of a network device without its `id`, such as `tap,fd=3`. */
  netdev(device: string): string;
  /** The address of a network device, if it is to have a certain one. */
  mac?(device: string): string;
  /** A connected socket that gets the kernel's reports: `address 10.0.0.2`, `listen tcp 80`, `ready`. */
  readonly status?: string;
  /** A connected socket on which the monitor takes commands. */
  readonly control?: string;
}

/** What of the processor a kernel and its cryptography use; QEMU's translator has no more by default. */
const processors = {
  kvm: "host",
  tcg: "qemu64,+ssse3,+sse4.1,+sse4.2,+popcnt,+aes,+pclmulqdq,+rdrand",
} as const;

/** The port on which a kernel of ours looks for someone who hears its reports. */
const statusPort = "0x5e9";

/**
 * The arguments of qemu-system-x86_64: a microvm, which has no devices of old and starts at once, with
 * memory-mapped virtio 1.x.
 */
export function qemuArguments(machine: VirtualMachine, connections: Connections): string[] {
  const { memoryMb, networks, disks, accelerator } = machine;
  const { status, control } = connections;
  return [
    ...["-name", machine.name],
    // Where KVM does not work after all, QEMU says so and goes on without.
    ...(accelerator === "kvm" ? ["-accel", "kvm"] : []),
    ...["-accel", "tcg"],
    ...["-machine", "microvm,pit=off,pic=off"],
    ...["-global", "virtio-mmio.force-legacy=false"],
    ...["-cpu", accelerator === "kvm" ? "max" : processors.tcg],
    ...["-m", `${memoryMb}M`],
    ...["-nodefaults", "-no-user-config", "-no-reboot", "-display", "none"],
    ...["-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"],
    ...["-serial", "stdio"],
    ...["-device", "pvpanic", "-action", "panic=exit-failure"],
    ...["-device", "virtio-rng-device"],
    ...networks.flatMap((device, i) => {
      const mac = connections.mac?.(device);
      return [
        ...["-netdev", `${connections.netdev(device)},id=n${i}`],
        ...["-device", `virtio-net-device,netdev=n${i}${mac === undefined ? "" : `,mac=${mac}`}`],
      ];
    }),
    ...disks.flatMap((path, i) => [
      ...["-drive", `if=none,id=d${i},format=raw,file=${path.replaceAll(",", ",,")}`],
      ...["-device", `virtio-blk-device,drive=d${i}`],
    ]),
    ...(status === undefined
      ? []
      : [
          ...["-chardev", `socket,id=status,fd=${status}`],
          ...["-device", `isa-debugcon,iobase=${statusPort},chardev=status`],
        ]),
    ...(control === undefined
      ? []
      : ["-chardev", `socket,id=control,fd=${control}`, "-mon", "chardev=control"]),
    ...["-kernel", machine.kernel],
    ...(machine.line === "" ? [] : ["-append", machine.line]),
  ];
}

/** The command that starts the machine by hand, on TAP devices `tap0`, `tap1` and so on. */
export function qemuCommand(machine: VirtualMachine): string {
  const netdev = (device: string) =>
    `tap,ifname=tap${machine.networks.indexOf(device)},script=no,downscript=no`;
  const words = ["qemu-system-x86_64", ...qemuArguments(machine, { netdev })].map(shellWord);
  const text = words.map((word) => (word.startsWith("-") ? ` \\\n  ${word}` : ` ${word}`)).join("");
  return `${text.trimStart()}\n`;
}
