export interface Machine {
  /** Its memory, in MiB. */
  readonly memory: number;
  /** dom0's part of it. */
  readonly dom0Memory: number;
}

/**
 * The arguments of a QEMU that boots Xen and dom0 out of its working directory. Xen's serial line,
 * with dom0's console on it, goes to `serial.log`, the monitor is at `qmp`.
 *
 * The processor has what Xen needs for PVH guests. Not `max`: dom0 would die of SMAP, PVH guests
 * hang at RDTSCP.
 */
export function qemuArguments({ memory, dom0Memory }: Machine): string[] {
  const features = "svm npt ssse3 sse4.1 sse4.2 popcnt aes pclmulqdq rdrand pdpe1gb";
  const xen = [
    "console=com1 com1=115200,8n1 loglvl=info guest_loglvl=all",
    `dom0_mem=${dom0Memory}M,max:${dom0Memory}M dom0_max_vcpus=1 dom0_vcpus_pin sched=credit2`,
  ];
  return [
    ["-accel", "tcg,thread=multi,tb-size=512"],
    ["-machine", "q35"],
    ["-cpu", ["qemu64", ...features.split(" ").map((name) => `+${name}`)].join(",")],
    ["-smp", "2"],
    ["-m", `${memory}M`],
    ["-nodefaults", "-no-reboot", "-display", "none"],
    ["-serial", "file:serial.log"],
    ["-qmp", "unix:qmp,server=on,wait=off"],
    ["-kernel", "xen", "-append", xen.join(" ")],
    // A comma ends a module's arguments.
    ["-initrd", "vmlinux console=hvc0 panic=1 quiet,dom0.cpio.gz"],
    // Restricted to what `forward` lets in: nothing of the bridge gets out to the real network.
    ["-netdev", "user,id=net,net=10.0.0.0/24,host=10.0.0.254,dhcpstart=10.0.0.200,restrict=on"],
    ["-device", "e1000,netdev=net"],
  ].flat();
}
