import { type FileHandle, link, mkdtemp, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fromSystemError, MirageError } from "@mirage/diagnostics";
import type { Disk } from "./compose-disk.js";
import { convertDisk, rawDisk } from "./convert-disk.js";
import type { Extent } from "./extent.js";
import { formatSize } from "./parse-size.js";
import { MiB } from "./units.js";

export interface WriteDiskOptions {
  /** Replace a file that is there already; without it, that is an error. */
  readonly replace?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Writes a disk to a file of its format, through a temporary folder beside it, and with at most 1
 * MiB of it in memory. A raw file is sparse: holes are outside the disk's ranges. The others are
 * made of such a file by `qemu-img` or `tar`.
 * @throws MirageError `ERR_MIRAGE_DISK_EXISTS` where `path` exists, `ERR_MIRAGE_DISK_KERNEL` if the kernel's
 * file has changed since the disk was composed, `ERR_MIRAGE_DISK_NO_CONVERTER`,
 * `ERR_MIRAGE_DISK_CONVERSION`, `ERR_MIRAGE_INTERRUPTED`, or an error of the operating system; no
 * file is then left
 */
export async function writeDisk(
  disk: Disk,
  path: string,
  options: WriteDiskOptions = {},
): Promise<void> {
  let folder: string | undefined;
  try {
    folder = await mkdtemp(join(dirname(path), `.${basename(path)}.`));
    const raw = join(folder, rawDisk);
    await writeRaw(disk, raw, options.signal);
    const output = disk.format === "raw" ? raw : resolve(folder, "converted");
    if (disk.format !== "raw") await convertDisk(folder, disk.format, output, options.signal);
    if (options.replace) await rename(output, path);
    else await link(output, path); // unlike rename, it refuses to replace
  } catch (error) {
    throw explained(error, disk, path);
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}

async function writeRaw(disk: Disk, path: string, signal?: AbortSignal): Promise<void> {
  const output = await open(path, "wx");
  try {
    await output.truncate(disk.size);
    for (const extent of disk.extents) await writeExtent(output, extent, signal);
    await output.sync();
  } finally {
    await output.close();
  }
}

async function writeExtent(output: FileHandle, extent: Extent, signal?: AbortSignal) {
  const { content, offset, length } = extent;
  if (content instanceof Uint8Array) {
    await writeAll(output, content, offset);
    return;
  }
  const input = await open(content.file);
  try {
    if ((await input.stat()).size !== length) throw changed(content.file);
    const buffer = Buffer.alloc(Math.min(length, MiB));
    for (let at = 0; at < length; ) {
      if (signal?.aborted) throw new MirageError("ERR_MIRAGE_INTERRUPTED", "interrupted");
      const { bytesRead } = await input.read(buffer, 0, Math.min(buffer.length, length - at), at);
      if (bytesRead === 0) throw changed(content.file);
      await writeAll(output, buffer.subarray(0, bytesRead), offset + at);
      at += bytesRead;
    }
  } finally {
    await input.close();
  }
}

async function writeAll(output: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await output.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

function changed(file: string): MirageError {
  return new MirageError("ERR_MIRAGE_DISK_KERNEL", `${file} changed while it was read`, {
    hint: "wait until its build has ended",
  });
}

/** An error of the operating system in the words of this job; others as they are. */
function explained(error: unknown, disk: Disk, path: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "EEXIST") {
    return new MirageError("ERR_MIRAGE_DISK_EXISTS", `${path} exists already`, { cause: error });
  }
  if (code === "EFBIG") {
    const message = `${path}: a file of ${formatSize(disk.size)} is too large for this file system`;
    return new MirageError("ERR_MIRAGE_DISK_SIZE", message, { cause: error });
  }
  return fromSystemError(error, path);
}
