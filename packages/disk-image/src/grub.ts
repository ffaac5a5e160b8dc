import { execFile } from "node:child_process";
import { access, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { MirageError } from "@mirage/diagnostics";
import { sectorSize } from "./units.js";

/** Where GRUB 2 lies on this machine. */
export interface GrubFiles {
  /** The folder with `i386-pc` and `x86_64-efi`; default `/usr/lib/grub`. */
  readonly folder?: string;
  /** The program `grub-mkimage`; default: the one on the PATH. */
  readonly mkimage?: string;
}

/** What GRUB needs on a disk. */
export interface GrubImages {
  /** For the BIOS: the boot sector's code, which loads the core image. */
  readonly boot: Buffer;
  /** For the BIOS: the core image, in one piece from the sector on that was asked for. */
  readonly core: Buffer;
  /** For UEFI: the program that a disk offers as `efi/boot/bootx64.efi`. */
  readonly uefi: Buffer;
}

/** What an image can do before it can read a file. */
const modules = [
  "part_gpt",
  "fat",
  "normal",
  "test",
  "echo",
  "serial",
  "terminal",
  "multiboot2",
  "boot",
];

/** Fields of GRUB's boot sector: include/grub/i386/pc/boot.h. */
const kernelSectorOffset = 0x5c;
const driveCheckOffset = 0x66;
const jump = 0xeb;
const nop = 0x90;
/** Where the core image's first sector has the sector that the rest of it begins at: the same file. */
const firstBlockOffset = sectorSize - 12;

/**
 * GRUB for the BIOS and for UEFI, whose files are on partition `partition` of a GPT disk (the first
 * is 1), and whose core image will lie at sector `coreSector`. The same files of GRUB give the same
 * bytes.
 * @throws MirageError `ERR_MIRAGE_DISK_NO_GRUB` where it isn't installed, and `ERR_MIRAGE_DISK_GRUB_FAILED`
 */
export async function grubImages(
  place: { readonly partition: number; readonly coreSector: number },
  files: GrubFiles = {},
  signal?: AbortSignal,
): Promise<GrubImages> {
  const { folder = "/usr/lib/grub", mkimage = "grub-mkimage" } = files;
  const bios = join(folder, "i386-pc");
  const efi = join(folder, "x86_64-efi");
  const boot = await readBootSector(join(bios, "boot.img"));
  boot.writeBigUInt64LE(BigInt(place.coreSector), kernelSectorOffset);
  for (const name of modules) {
    for (const platform of [bios, efi]) await requireFile(join(platform, `${name}.mod`));
  }
  const make = async (platform: string, prefix: string, more: readonly string[]) => {
    const where = ["--directory", platform, "--prefix", prefix];
    const format = ["--format", basename(platform)];
    return await runMkimage(mkimage, [...format, ...where, ...more, ...modules], signal);
  };
  // A BIOS says which disk it booted from, UEFI also which partition.
  const core = await make(bios, `(,gpt${place.partition})/`, ["biosdisk"]);
  core.writeBigUInt64LE(BigInt(place.coreSector + 1), firstBlockOffset);
  return { boot, core, uefi: await make(efi, "/", []) };
}

async function readBootSector(path: string): Promise<Buffer> {
  await requireFile(path);
  const boot = await readFile(path);
  if (boot.length !== sectorSize || boot[driveCheckOffset] !== jump) {
    throw new MirageError("ERR_MIRAGE_DISK_GRUB_FAILED", `${path} is not a boot sector of GRUB 2`, {
      hint: installHint,
    });
  }
  // As grub-install does for disks: BIOSes that pass no drive number boot, too.
  boot.fill(nop, driveCheckOffset, driveCheckOffset + 2);
  return boot;
}

async function runMkimage(
  mkimage: string,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<Buffer> {
  const temporary = await mkdtemp(join(tmpdir(), "mirage-grub-"));
  try {
    const output = join(temporary, "image"); // it can't write to a pipe
    await promisify(execFile)(mkimage, ["--output", output, ...args], { signal });
    return await readFile(output);
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    if (code === "ABORT_ERR") throw new MirageError("ERR_MIRAGE_INTERRUPTED", "interrupted");
    if (code === "ENOENT") throw noGrub(`the program ${mkimage}`, error);
    throw new MirageError(
      "ERR_MIRAGE_DISK_GRUB_FAILED",
      `${mkimage} made no image: ${stderr?.trim() || (error as Error).message}`,
      { cause: error },
    );
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function requireFile(path: string): Promise<void> {
  try {
    await access(path);
  } catch (error) {
    throw noGrub(path, error);
  }
}

const installHint =
  "install GRUB's files (Debian, Ubuntu): sudo apt-get install --no-install-recommends grub-pc-bin grub-efi-amd64-bin grub-common";

function noGrub(what: string, cause: unknown): MirageError {
  return new MirageError(
    "ERR_MIRAGE_DISK_NO_GRUB",
    `GRUB, which starts the kernel, isn't complete on this machine: ${what} is missing`,
    { hint: installHint, cause },
  );
}
