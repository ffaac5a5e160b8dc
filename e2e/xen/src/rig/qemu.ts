import type { ArchitectureName } from "../dom0/architecture.js";

export interface Machine {
  /** Its memory, in MiB. */
  readonly memory: number;
  /** dom0's part of it. */
  readonly dom0Memory: number;
}

/**
 * The QEMU, and its arguments, that boots Xen and dom0 out of its working directory. Xen's serial
 * line, with dom0's console on it, goes to `serial.log`, the monitor is at `qmp`.
 */
export function qemuCommand(
  architecture: ArchitectureName,
  { memory, dom0Memory }: Machine,
): readonly [command: string, args: readonly string[]] {
  const words = `loglvl=info guest_loglvl=all dom0_mem=${dom0Memory}M,max:${dom0Memory}M dom0_max_vcpus=1 dom0_vcpus_pin sched=credit2`;
  const { command, args } = { amd64: pc, arm64: arm }[architecture](words);
  const all = [
    ...args,
    ["-smp", "2"],
    ["-m", `${memory}M`],
    ["-nodefaults", "-no-reboot", "-display", "none"],
    ["-serial", "file:serial.log"],
    ["-qmp", "unix:qmp,server=on,wait=off"],
    ["-kernel", "xen"],
    // Restricted to what `forward` lets in: nothing of the bridge gets out to the real network.
    ["-netdev", "user,id=net,net=10.0.0.0/24,host=10.0.0.254,dhcpstart=10.0.0.200,restrict=on"],
    ["-device", "e1000,netdev=net"],
  ];
  return [command, all.flat()];
}

const dom0Words = "console=hvc0 panic=1 quiet";

/**
 * The processor has what Xen needs for PVH guests. Not `max`: dom0 would die of SMAP, PVH guests
 * hang at RDTSCP.
 */
function pc(xen: string) {
  const features = "svm npt ssse3 sse4.1 sse4.2 popcnt aes pclmulqdq rdrand pdpe1gb";
  return {
    command: "qemu-system-x86_64",
    args: [
      ["-accel", "tcg,thread=multi,tb-size=512"],
      ["-machine", "q35"],
      ["-cpu", ["qemu64", ...features.split(" ").map((name) => `+${name}`)].join(",")],
      ["-append", `console=com1 com1=115200,8n1 ${xen}`],
      // A comma ends a module's arguments.
      ["-initrd", `vmlinux ${dom0Words},dom0.cpio.gz`],
    ],
  };
}

/** Xen finds dom0's kernel and its files by the device tree, where QEMU's guest-loader notes them. */
function arm(xen: string) {
  return {
    command: "qemu-system-aarch64",
    args: [
      ["-accel", "tcg,thread=multi,tb-size=512"],
      ["-machine", "virt,virtualization=on,gic-version=3"],
      ["-cpu", "cortex-a57"],
      ["-append", `console=dtuart dtuart=/pl011@9000000 ${xen}`],
      ["-device", `guest-loader,addr=0x4a000000,kernel=vmlinux,bootargs=${dom0Words}`],
      ["-device", "guest-loader,addr=0x52000000,initrd=dom0.cpio.gz"],
    ],
  };
}
