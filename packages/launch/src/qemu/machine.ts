import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import type { ConfiguredApplication } from "@mirage/application";
import { networkDevices } from "@mirage/codegen";
import { resolvePath } from "@mirage/conf";
import { MirageError } from "@mirage/diagnostics";
import { type ArchitectureName, architectureOf, type Target } from "@mirage/types";
import { kernelLine } from "../kernel-line.js";
import type { RunFlags } from "../launcher.js";

/** A virtual machine for one kernel; plain data. */
export interface VirtualMachine {
  readonly name: string;
  readonly architecture: ArchitectureName;
  /** Absolute. */
  readonly kernel: string;
  readonly memoryMb: number;
  /** Names of the network devices, in the order in which the kernel finds them. */
  readonly networks: readonly string[];
  /** Image files, absolute, in that order. */
  readonly disks: readonly string[];
  readonly accelerator: Accelerator;
  /** The kernel's command line; may be empty. */
  readonly line: string;
}

/** What executes the guest: the processor itself, or QEMU's translator. */
export type Accelerator = "kvm" | "tcg";

/** What a kernel of ours is content with, and most applications. */
const defaultMemoryMb = 64;

/** @throws MirageError `ERR_MIRAGE_USAGE` for flags that make no sense here */
export function machineOf(
  { configuration, directory, name, target, program }: ConfiguredApplication,
  flags: RunFlags,
): VirtualMachine {
  const { memory, accelerator } = flags;
  const { name: architecture } = architectureOf(target);
  return {
    name,
    architecture,
    kernel: join(directory, program),
    memoryMb: memory === undefined ? defaultMemoryMb : memoryOf(memory),
    networks: networkDevices(configuration, target).map(({ device }) => device),
    disks: configuration.blocks.map(({ path }) => resolvePath(configuration, path.value)),
    accelerator: accelerator === undefined ? bestAccelerator(target) : acceleratorOf(accelerator),
    line: kernelLine(flags),
  };
}

function memoryOf(text: string): number {
  const megabytes = /^[0-9]{1,7}$/.test(text) ? Number(text) : 0;
  if (megabytes >= 8) return megabytes;
  throw new MirageError(
    "ERR_MIRAGE_USAGE",
    `--memory ${text}: that is no number of MiB from 8 on`,
    {
      hint: "write a number alone, such as `--memory 64`",
      exitCode: 2,
    },
  );
}

function acceleratorOf(text: string): Accelerator {
  if (text === "kvm" || text === "tcg") return text;
  throw new MirageError(
    "ERR_MIRAGE_USAGE",
    `--accelerator ${text}: there are \`kvm\` and \`tcg\``,
    {
      hint: "leave it out, and KVM is used where this user may",
      exitCode: 2,
    },
  );
}

function bestAccelerator({ architecture }: Pick<Target, "architecture">): Accelerator {
  if (architecture !== undefined) return "tcg";
  try {
    accessSync("/dev/kvm", constants.R_OK | constants.W_OK);
    return "kvm";
  } catch {
    return "tcg";
  }
}
