import { open } from "node:fs/promises";
import { fromSystemError, MirageError } from "@mirage/diagnostics";
import { leastElfSize } from "./elf.js";
import { bytesAt, coveredRanges, type Extent, type Range } from "./extent.js";
import { fat16, largestContent } from "./fat16.js";
import { type GrubFiles, grubImages } from "./grub.js";
import { configFile, grubConfig, kernelFile } from "./grub-config.js";
import { masterBootRecord } from "./master-boot-record.js";
import { hasMultiboot2Header, searchedBytes } from "./multiboot2.js";
import { MiB, sectorSize } from "./units.js";

export interface DiskRequest {
  /** Path of a kernel with a Multiboot2 header, such as the `mir-NAME.xen` of a Xen build. */
  readonly kernel: string;
  /** The words of the kernel's command line; none by default. */
  readonly commandLine?: readonly string[];
  /** The disk's size in bytes, a multiple of 512; by default as small as it can be, in MiB. */
  readonly size?: number;
  readonly grub?: GrubFiles;
  readonly signal?: AbortSignal;
}

/** A disk that is known but not written: what is on it, and where. All else is zero. */
export interface Disk {
  /** In bytes. */
  readonly size: number;
  /** In order, without overlaps. The kernel's is a reference to its file. */
  readonly extents: readonly Extent[];
  /** What the extents cover, in order: the ranges that a sparse copy has to have. */
  readonly ranges: readonly Range[];
}

/** Fixed, as a disk that is the same to the byte needs them: "mirg". */
const diskSignature = 0x6772696d;
/** Where partitions begin on any disk of today; GRUB's core image has the room before. */
const partitionStart = MiB / sectorSize;
const fat16ByLba = 0x0e;

/**
 * A disk from which a BIOS boots the kernel: a master boot record, GRUB behind it, and one FAT16
 * partition with the files `kernel` and `grub.cfg`. GRUB writes to the screen and to the first
 * serial port (115200 baud). The rest of the disk belongs to nobody.
 *
 * Reads the kernel's head only and writes nothing but a temporary folder. Equal kernels, command
 * lines, sizes and versions of GRUB make equal disks.
 *
 * Throws a `MirageError`: `ERR_MIRAGE_DISK_NO_GRUB`, `_GRUB_FAILED`, `_NO_MULTIBOOT`,
 * `_COMMAND_LINE`, `_SIZE`, `_TOO_SMALL`, `_KERNEL`, or one of the operating system.
 */
export async function composeDisk(request: DiskRequest): Promise<Disk> {
  if (request.size !== undefined) checkSize(request.size);
  const config = Buffer.from(grubConfig(request.commandLine ?? []), "latin1");
  const kernelSize = await checkKernel(request.kernel);
  const { boot, core } = await grubImages(request.grub, request.signal);
  if (sectorSize + core.length > MiB) {
    throw new MirageError("ERR_MIRAGE_DISK_GRUB_FAILED", "GRUB's core image exceeds its 1 MiB");
  }
  const volume = { start: partitionStart, label: "MIRAGE", serialNumber: diskSignature };
  const fileSystem = fat16(volume, [
    { name: configFile, size: config.length, content: config },
    { name: kernelFile, size: kernelSize, content: { file: request.kernel } },
  ]);
  const partition = { start: partitionStart, sectors: fileSystem.sectors, type: fat16ByLba };
  const least = MiB + fileSystem.sectors * sectorSize;
  const size = request.size ?? least;
  if (size < least) throw tooSmall(request, size, least);
  const extents = [
    bytesAt(0, masterBootRecord(boot, partition, diskSignature)),
    bytesAt(sectorSize, core),
    ...fileSystem.extents,
  ];
  return { size, extents, ranges: coveredRanges(extents) };
}

function checkSize(size: number): void {
  if (Number.isSafeInteger(size) && size > 0 && size % sectorSize === 0) return;
  throw new MirageError("ERR_MIRAGE_DISK_SIZE", `a disk can't have ${size} bytes`, {
    hint: `give a multiple of ${sectorSize}`,
  });
}

/** The kernel's size, if GRUB can start it and it fits into the partition. */
async function checkKernel(path: string): Promise<number> {
  let head = Buffer.alloc(searchedBytes);
  let size: number;
  try {
    const file = await open(path);
    try {
      size = (await file.stat()).size;
      head = head.subarray(0, (await file.read(head, 0, head.length, 0)).bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fromSystemError(error, path);
  }
  if (!hasMultiboot2Header(head)) {
    throw new MirageError(
      "ERR_MIRAGE_DISK_NO_MULTIBOOT",
      `${path} has no Multiboot2 header in its first ${searchedBytes} bytes, so that GRUB can't start it`,
      { hint: "what `mirage configure --xen && mirage build` makes has one" },
    );
  }
  if (leastElfSize(head) > size) {
    throw new MirageError("ERR_MIRAGE_DISK_KERNEL", `${path} is cut short`, {
      hint: "build it again",
    });
  }
  if (size > largestContent) {
    throw new MirageError(
      "ERR_MIRAGE_DISK_KERNEL",
      `${path} has ${size} bytes; a boot partition holds ${largestContent}`,
    );
  }
  return size;
}

function tooSmall(request: DiskRequest, size: number, least: number): MirageError {
  return new MirageError(
    "ERR_MIRAGE_DISK_TOO_SMALL",
    `${request.kernel} doesn't fit on a disk of ${size} bytes`,
    { hint: `the smallest disk for it has ${least / MiB} MiB` },
  );
}
