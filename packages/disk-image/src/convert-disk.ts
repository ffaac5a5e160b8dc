import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { MirageError } from "@mirage/diagnostics";
import { type DiskFormat, diskFormats } from "./disk-format.js";

/** The name that the raw disk has in its folder: the one that Google asks for in an archive. */
export const rawDisk = "disk.raw";

/**
 * Makes `output` of the file `rawDisk` in `folder`: by qemu-img(1), or by GNU tar for `gce`. Throws
 * `ERR_MIRAGE_DISK_NO_CONVERTER` where that program is missing, `ERR_MIRAGE_DISK_CONVERSION` where it
 * fails, and `ERR_MIRAGE_INTERRUPTED`.
 */
export async function convertDisk(
  folder: string,
  format: Exclude<DiskFormat, "raw">,
  output: string,
  signal?: AbortSignal,
): Promise<void> {
  const { qemuImg } = diskFormats[format];
  const [command, ...args] = qemuImg
    ? ["qemu-img", "convert", "-f", "raw", ...qemuImg, rawDisk, output]
    : ["tar", ...archiveOptions, "--file", output, rawDisk];
  try {
    await promisify(execFile)(command ?? "", args, { cwd: folder, signal });
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    if (code === "ABORT_ERR") throw new MirageError("ERR_MIRAGE_INTERRUPTED", "interrupted");
    if (code === "ENOENT") {
      throw new MirageError(
        "ERR_MIRAGE_DISK_NO_CONVERTER",
        `${command}, which writes a disk as ${format}, is not installed`,
        { hint: `Debian, Ubuntu: sudo apt-get install ${packages[command ?? ""]}`, cause: error },
      );
    }
    throw new MirageError(
      "ERR_MIRAGE_DISK_CONVERSION",
      `${command} wrote no ${format}: ${stderr?.trim() || (error as Error).message}`,
      { cause: error },
    );
  }
}

const packages: Readonly<Record<string, string>> = { "qemu-img": "qemu-utils", tar: "tar gzip" };

/** As Google asks for it, and with nothing that differs from one machine or day to another. */
const archiveOptions = [
  ...["--create", "--format=oldgnu", "--sparse", "--hole-detection=raw"],
  ...["--owner=0", "--group=0", "--numeric-owner", "--mode=0644", "--mtime=@0"],
  "--use-compress-program=gzip -n",
];
