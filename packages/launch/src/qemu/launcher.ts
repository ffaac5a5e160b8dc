import type { ConfiguredApplication } from "@mirage/application";
import { MirageError } from "@mirage/diagnostics";
import type { Plan } from "@mirage/plan";
import { findProgram, planRun, type RunOptions } from "@mirage/runner";
import { architectureOf, hostArchitecture } from "@mirage/types";
import { holdDisks } from "../disks.js";
import type { Launcher, RunFlags, RunObserver } from "../launcher.js";
import { followProcess, runOptions } from "../process/run.js";
import { qemuArguments, qemuCommand } from "./command.js";
import { firecrackerConfig } from "./firecracker.js";
import { kvmRuns } from "./kvm.js";
import { libvirtDomain } from "./libvirt.js";
import { machineOf, type VirtualMachine } from "./machine.js";
import { proxmoxCommands } from "./proxmox.js";

/** Kernels in virtual machines of QEMU, on TAP devices that are handed to it. */
export const qemuLauncher: Launcher = {
  patience: 15, // the machine gets 5 seconds, and QEMU may be slow
  async plan(application, flags): Promise<Plan> {
    return planRun(qemuOptions(application, flags, machineOf(application, flags)));
  },
  async run(application, flags, observer) {
    const wanted = machineOf(application, flags);
    const machine = flags.accelerator === undefined ? await accelerated(wanted, observer) : wanted;
    const options = qemuOptions(application, flags, machine, observer.control !== undefined);
    const release = await holdDisks(application);
    try {
      return await followProcess(application, options, flags, observer).code;
    } finally {
      release();
    }
  },
  describe(application, flags, format) {
    const writer = writers[format];
    const known = Object.keys(writers);
    if (writer) return writer(machineOf(application, flags));
    throw new MirageError("ERR_MIRAGE_USAGE", `--print ${format}: there is no such form`, {
      hint: `there are ${known.map((name) => `\`${name}\``).join(", ")}`,
      exitCode: 2,
    });
  },
};

const writers: Readonly<Record<string, (machine: VirtualMachine) => string>> = {
  qemu: qemuCommand,
  libvirt: libvirtDomain,
  firecracker: firecrackerConfig,
  proxmox: proxmoxCommands,
};

/** The machine on KVM where that works; otherwise it is said what does the work instead. */
async function accelerated(machine: VirtualMachine, { say }: RunObserver): Promise<VirtualMachine> {
  const { accelerator } = machine;
  if (accelerator === "kvm" && (await kvmRuns(findQemu(machine), machine))) return machine;
  const reason =
    machine.architecture !== hostArchitecture()?.name
      ? "this machine has other processors"
      : accelerator === "kvm"
        ? "KVM does not run a kernel here"
        : "this user may not use /dev/kvm";
  say(`${reason}: QEMU translates its instructions instead (TCG), which is slower`);
  return { ...machine, accelerator: "tcg" };
}

function findQemu(machine: VirtualMachine): string {
  const { program, package: name } = architectureOf(machine).qemu;
  return findProgram(program, `install QEMU: \`apt-get install ${name}\``);
}

/** The runner starts QEMU in the place of a program, and hands it what it would hand to that. */
function qemuOptions(
  application: ConfiguredApplication,
  flags: RunFlags,
  machine: VirtualMachine,
  hasControl = false,
): RunOptions {
  const args = qemuArguments(machine, {
    netdev: (device) => `tap,fd=%{fd:${device}}`,
    mac: (device) => `%{mac:${device}}`,
    status: "%{status}",
    monitor: "%{monitor}",
    ...(hasControl ? { control: "%{control}" } : {}),
  });
  return {
    ...runOptions(application, flags),
    sandbox: "none", // QEMU has one of its own
    env: {},
    files: [],
    binary: findQemu(machine),
    args,
    monitor: { end: "system_powerdown\n", pause: "stop\n", resume: "cont\n" },
  };
}
