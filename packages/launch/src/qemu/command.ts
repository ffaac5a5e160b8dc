import { shellWord } from "@mirage/diagnostics";
import { architectureOf } from "@mirage/types";
import { hardware } from "./hardware.js";
import type { VirtualMachine } from "./machine.js";

/** How the machine is connected with the process that runs it. */
export interface Connections {
  /** `-netdev` of a network device without its `id`, such as `tap,fd=3`. */
  netdev(device: string): string;
  /** The address of a network device, if it is to have a certain one. */
  mac?(device: string): string;
  /** A connected socket that gets the kernel's reports: `address 10.0.0.2`, `listen tcp 80`, `ready`. */
  readonly status?: string;
  /** A connected socket on which the monitor takes commands. */
  readonly monitor?: string;
  /** A connected socket on which the program is asked. */
  readonly control?: string;
}

/** The arguments of QEMU for the machine's processors. */
export function qemuArguments(machine: VirtualMachine, connections: Connections): string[] {
  const { memoryMb, networks, disks, accelerator } = machine;
  // The kernel has the console of another kind, so that the first of this one is for requests.
  const line = [...(connections.control ? ["control=hvc0"] : []), machine.line].join(" ").trim();
  const board = hardware[machine.architecture];
  const device = (kind: string, options: string) =>
    ["-device", `virtio-${kind}-${board.bus}${options}${board.busOptions}`] as const;
  const { status, monitor, control } = connections;
  return [
    ...["-name", machine.name],
    // Where KVM does not work after all, QEMU says so and goes on without.
    ...(accelerator === "kvm" ? ["-accel", "kvm"] : []),
    ...["-accel", "tcg"],
    ...board.machine,
    ...["-cpu", accelerator === "kvm" ? "max" : board.translated],
    ...["-m", `${memoryMb}M`],
    ...["-nodefaults", "-no-user-config", "-no-reboot", "-display", "none"],
    ...["-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"],
    ...["-serial", "stdio"],
    ...["-device", board.panic, "-action", "panic=exit-failure"],
    ...device("rng", ""),
    ...networks.flatMap((name, i) => {
      const mac = connections.mac?.(name);
      return [
        ...["-netdev", `${connections.netdev(name)},id=n${i}`],
        ...device("net", `,netdev=n${i}${mac === undefined ? "" : `,mac=${mac}`}`),
      ];
    }),
    ...disks.flatMap((path, i) => [
      ...["-drive", `if=none,id=d${i},format=raw,file=${path.replaceAll(",", ",,")}`],
      ...device("blk", `,drive=d${i}`),
    ]),
    ...(status === undefined
      ? []
      : [...["-chardev", `socket,id=status,fd=${status}`], ...["-device", board.status]]),
    ...(monitor === undefined
      ? []
      : ["-chardev", `socket,id=monitor,fd=${monitor}`, "-mon", "chardev=monitor"]),
    ...(control === undefined
      ? []
      : [
          ...["-chardev", `socket,id=control,fd=${control}`],
          ...device("serial", ",max_ports=1"),
          ...["-device", "virtconsole,chardev=control"],
        ]),
    ...["-kernel", machine.kernel],
    ...(line === "" ? [] : ["-append", line]),
  ];
}

/** The command that starts the machine by hand, on TAP devices `tap0`, `tap1` and so on. */
export function qemuCommand(machine: VirtualMachine): string {
  const netdev = (device: string) =>
    `tap,ifname=tap${machine.networks.indexOf(device)},script=no,downscript=no`;
  const { program } = architectureOf(machine).qemu;
  const words = [program, ...qemuArguments(machine, { netdev })].map(shellWord);
  const text = words.map((word) => (word.startsWith("-") ? ` \\\n  ${word}` : ` ${word}`)).join("");
  return `${text.trimStart()}\n`;
}
