import { execFile } from "node:child_process";
import { access, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { MirageError } from "@mirage/diagnostics";
import { sectorSize } from "./units.js";

/** Where GRUB 2 for the BIOS lies on this machine. */
export interface GrubFiles {
  /** The folder with `boot.img` and the modules; default `/usr/lib/grub/i386-pc`. */
  readonly folder?: string;
  /** The program `grub-mkimage`; default: the one on the PATH. */
  readonly mkimage?: string;
}

/** What GRUB needs on a disk, to be written from the first sector on. */
export interface GrubImages {
  /** The boot sector's code. */
  readonly boot: Buffer;
  /** What the boot sector loads: from the second sector on, in one piece. */
  readonly core: Buffer;
}

/** What the core image can do before it can read a file. */
const modules = [
  "biosdisk",
  "part_msdos",
  "fat",
  "normal",
  "test",
  "echo",
  "serial",
  "terminal",
  "multiboot2",
  "boot",
];

/** The partition that `grub.cfg` is on: the first of the disk that the BIOS booted. */
const prefix = "(,msdos1)";
/** `GRUB_BOOT_MACHINE_DRIVE_CHECK` of GRUB's include/grub/i386/pc/boot.h, and what is there. */
const driveCheckOffset = 0x66;
const jump = 0xeb;
const nop = 0x90;

/**
 * GRUB's boot sector and a core image for it. The same files of GRUB give the same bytes.
 * Throws `ERR_MIRAGE_DISK_NO_GRUB` where it isn't installed, and `ERR_MIRAGE_DISK_GRUB_FAILED`.
 */
export async function grubImages(files: GrubFiles = {}, signal?: AbortSignal): Promise<GrubImages> {
  const { folder = "/usr/lib/grub/i386-pc", mkimage = "grub-mkimage" } = files;
  const boot = await readBootSector(join(folder, "boot.img"));
  for (const name of modules) await requireFile(join(folder, `${name}.mod`));
  return { boot, core: await makeCore(mkimage, folder, signal) };
}

async function readBootSector(path: string): Promise<Buffer> {
  await requireFile(path);
  const boot = await readFile(path);
  if (boot.length !== sectorSize || boot[driveCheckOffset] !== jump) {
    throw new MirageError("ERR_MIRAGE_DISK_GRUB_FAILED", `${path} is no boot sector of GRUB 2`, {
      hint: installHint,
    });
  }
  // As grub-install does for disks: BIOSes that pass no drive number boot, too.
  boot.fill(nop, driveCheckOffset, driveCheckOffset + 2);
  return boot;
}

async function makeCore(mkimage: string, folder: string, signal?: AbortSignal): Promise<Buffer> {
  const temporary = await mkdtemp(join(tmpdir(), "mirage-grub-"));
  try {
    const output = join(temporary, "core.img"); // it can't write to a pipe
    const format = ["--format", "i386-pc", "--directory", folder, "--prefix", prefix];
    await promisify(execFile)(mkimage, [...format, "--output", output, ...modules], { signal });
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
  "install GRUB's files for the BIOS (Debian, Ubuntu): sudo apt-get install --no-install-recommends grub-pc-bin grub-common";

function noGrub(what: string, cause: unknown): MirageError {
  return new MirageError(
    "ERR_MIRAGE_DISK_NO_GRUB",
    `GRUB, which starts the kernel, isn't complete on this machine: ${what} is missing`,
    { hint: installHint, cause },
  );
}
