import { commandLineFile, commandLineText } from "./command-line.js";
import type { FatFile } from "./fat16.js";
import { type GrubFiles, grubImages } from "./grub.js";
import { configFile, grubConfig, kernelFile } from "./grub-config.js";

/** What starts the kernel from a disk. */
export interface BootFiles {
  /** For a BIOS: code of the boot sector, and the core image that it loads; empty if there is none. */
  readonly boot: Buffer;
  readonly core: Buffer;
  /** In the EFI system partition. */
  readonly files: readonly FatFile[];
}

/** The kernel, and the words of its command line. */
export interface BootRequest {
  readonly kernel: { readonly path: string; readonly size: number };
  readonly commandLine: readonly string[];
}

/**
 * A Multiboot2 kernel of a PC: GRUB, for its BIOS and for UEFI, from the places of `grubImages`.
 * @throws MirageError `ERR_MIRAGE_DISK_NO_GRUB`, `_GRUB_FAILED`, `_COMMAND_LINE`
 */
export async function grubBoot(
  { kernel, commandLine }: BootRequest,
  place: { readonly partition: number; readonly coreSector: number },
  grub?: GrubFiles,
  signal?: AbortSignal,
): Promise<BootFiles> {
  const config = Buffer.from(grubConfig(commandLine), "latin1");
  const { boot, core, uefi } = await grubImages(place, grub, signal);
  const files = [
    { path: configFile, size: config.length, content: config },
    { path: "efi/boot/bootx64.efi", size: uefi.length, content: uefi },
    { path: kernelFile, size: kernel.size, content: { file: kernel.path } },
  ];
  return { boot, core, files };
}

/**
 * A kernel for 64-bit Arm that UEFI starts by itself; it reads its command line from a file.
 * @throws MirageError `ERR_MIRAGE_DISK_COMMAND_LINE`
 */
export function arm64Boot({ kernel, commandLine }: BootRequest): BootFiles {
  const line = Buffer.from(commandLineText(commandLine), "latin1");
  const files = [
    { path: commandLineFile, size: line.length, content: line },
    { path: "efi/boot/bootaa64.efi", size: kernel.size, content: { file: kernel.path } },
  ];
  return { boot: Buffer.alloc(0), core: Buffer.alloc(0), files };
}
