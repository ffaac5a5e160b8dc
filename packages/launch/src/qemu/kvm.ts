import { spawn } from "node:child_process";
import { hardware } from "./hardware.js";
import type { VirtualMachine } from "./machine.js";

/** Milliseconds after which a kernel that runs without trouble counts as running. */
const longestTrial = 1000;

/**
 * Whether KVM runs a kernel: there are machines whose /dev/kvm opens, and whose KVM then gives up at the
 * first instructions of a guest. The kernel is started without any device.
 */
export function kvmRuns(
  qemu: string,
  { kernel, architecture }: Pick<VirtualMachine, "kernel" | "architecture">,
): Promise<boolean> {
  const board = hardware[architecture].machine;
  const machine = ["-accel", "kvm", ...board, "-cpu", "max", "-m", "64M"];
  const nothing = ["-nodefaults", "-no-user-config", "-no-reboot", "-display", "none"];
  const trial = spawn(qemu, [...machine, ...nothing, "-kernel", kernel], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  return new Promise((resolve) => {
    let said = "";
    const late = setTimeout(() => trial.kill("SIGKILL"), longestTrial);
    trial.stderr.on("data", (chunk: Buffer) => {
      said += chunk;
      if (isRefusal(said)) trial.kill("SIGKILL");
    });
    trial.on("error", () => resolve(false));
    trial.on("close", () => {
      clearTimeout(late);
      resolve(!isRefusal(said));
    });
  });
}

function isRefusal(said: string): boolean {
  return /KVM internal error|failed to initialize kvm|Could not access KVM/i.test(said);
}
