import { open } from "node:fs/promises";
import { fromSystemError, MirageError } from "@mirage/diagnostics";
import { arm64Boot, type BootFiles, grubBoot } from "./boot-files.js";
import { type DiskFormat, diskFormats } from "./disk-format.js";
import { isArm64EfiImage, leastEfiImageSize } from "./efi-image.js";
import { leastElfSize } from "./elf.js";
import { bytesAt, coveredRanges, type Extent, type Range } from "./extent.js";
import { fat16, largestContent } from "./fat16.js";
import type { GrubFiles } from "./grub.js";
import {
  biosBootPartition,
  efiSystemPartition,
  firstUsableSector,
  guidPartitionTable,
  sectorsBehind,
} from "./guid-partition-table.js";
import { hasMultiboot2Header, searchedBytes } from "./multiboot2.js";
import { formatSize } from "./parse-size.js";
import { protectiveBootRecord } from "./protective-boot-record.js";
import { MiB, roundUp, sectorSize } from "./units.js";

export interface DiskRequest {
  /**
   * Path of a kernel such as the `mir-NAME.xen` of a Xen build: with a Multiboot2 header, or an image
   * for 64-bit Arm that UEFI starts.
   */
  readonly kernel: string;
  /** The words of the kernel's command line; none by default. */
  readonly commandLine?: readonly string[];
  /** What it is written as; `raw` by default. */
  readonly format?: DiskFormat;
  /** The disk's size in bytes, a multiple of the format's unit; by default as small as it can be. */
  readonly size?: number;
  readonly grub?: GrubFiles;
  readonly signal?: AbortSignal;
}

/** A disk that is known but not written: what is on it, and where. All else is zero. */
export interface Disk {
  /** What it is written as. */
  readonly format: DiskFormat;
  /** In bytes. */
  readonly size: number;
  /** In order, without overlaps. The kernel's is a reference to its file. */
  readonly extents: readonly Extent[];
  /** What the extents cover, in order: the ranges that a sparse copy has to have. */
  readonly ranges: readonly Range[];
}

/** Fixed, as a disk that is the same to the byte needs them: "mirg", and three GUIDs at random. */
const serialNumber = 0x6772696d;
const diskId = "b0c9ebaf-9fa3-4155-9c8f-78ad932bb931";
const biosPartitionId = "d0cf9195-545d-4d85-b5fa-5b885b89f342";
const systemPartitionId = "c2a98044-6a3f-4f22-a54b-01a116ad7ec1";
/** Where partitions begin on any disk of today; GRUB's core image has the room before. */
const partitionStart = MiB / sectorSize;
/** Of the two partitions of a PC's disk, the one with the files. */
const systemPartitionNumber = 2;
const biosPartition = {
  start: firstUsableSector,
  sectors: partitionStart - firstUsableSector,
  type: biosBootPartition,
  id: biosPartitionId,
  name: "BIOS boot",
};

/**
 * A disk from which a BIOS and UEFI boot the kernel: a GUID partition table, GRUB's core image in a
 * partition of its own for the BIOS, and an EFI system partition (FAT16) with the files `kernel`,
 * `grub.cfg` and, for UEFI, `efi/boot/bootx64.efi`. GRUB writes to the screen and to the first
 * serial port (115200 baud). The rest of the disk belongs to nobody.
 *
 * A kernel for 64-bit Arm is started by UEFI only and without GRUB, as `efi/boot/bootaa64.efi`; its
 * command line is the file `cmdline`.
 *
 * Reads the kernel's head only and writes nothing but temporary folders. Equal kernels, command
 * lines, sizes and versions of GRUB make equal disks.
 * @throws MirageError: `ERR_MIRAGE_DISK_NO_GRUB`, `_GRUB_FAILED`, `_NO_MULTIBOOT`, `_COMMAND_LINE`,
 * `_SIZE`, `_TOO_SMALL`, `_KERNEL`, or one of the operating system
 */
export async function composeDisk(request: DiskRequest): Promise<Disk> {
  const { format = "raw" } = request;
  if (request.size !== undefined) checkSize(request.size, format);
  const { boot, core, files } = await bootFiles(request);
  if (firstUsableSector * sectorSize + core.length > MiB) {
    throw new MirageError("ERR_MIRAGE_DISK_GRUB_FAILED", "GRUB's core image exceeds its 1 MiB");
  }
  const volume = { start: partitionStart, label: "MIRAGE", serialNumber };
  const fileSystem = fat16(volume, files);
  const end = partitionStart + fileSystem.sectors + sectorsBehind;
  const least = roundUp(end * sectorSize, Math.max(MiB, diskFormats[format].unit));
  const size = request.size ?? least;
  if (size < end * sectorSize) throw tooSmall(request, size, least);
  const sectors = size / sectorSize;
  const extents = [
    bytesAt(0, protectiveBootRecord(boot, sectors)),
    ...guidPartitionTable({ id: diskId, sectors }, [
      ...(core.length > 0 ? [biosPartition] : []),
      {
        start: partitionStart,
        sectors: fileSystem.sectors,
        type: efiSystemPartition,
        id: systemPartitionId,
        name: "EFI system",
      },
    ]),
    ...(core.length > 0 ? [bytesAt(firstUsableSector * sectorSize, core)] : []),
    ...fileSystem.extents,
  ];
  return { format, size, extents, ranges: coveredRanges(extents) };
}

function checkSize(size: number, format: DiskFormat): void {
  const { unit } = diskFormats[format];
  if (Number.isSafeInteger(size) && size > 0 && size % unit === 0) return;
  throw new MirageError("ERR_MIRAGE_DISK_SIZE", `a disk as ${format} can't have ${size} bytes`, {
    hint: `give a multiple of ${formatSize(unit)}`,
  });
}

/** What starts the request's kernel, if the disk can hold it. */
async function bootFiles(request: DiskRequest): Promise<BootFiles> {
  const { kernel: path, commandLine = [], grub, signal } = request;
  const { head, size } = await readHead(path);
  const isImage = isArm64EfiImage(head);
  if (!isImage && !hasMultiboot2Header(head)) {
    throw new MirageError(
      "ERR_MIRAGE_DISK_NO_MULTIBOOT",
      `${path} has no Multiboot2 header in its first ${searchedBytes} bytes, so that GRUB can't start it, and it is no program of UEFI for arm64`,
      { hint: "what `mirage configure --xen && mirage build` makes is one or the other" },
    );
  }
  if ((isImage ? leastEfiImageSize(head) : leastElfSize(head)) > size) {
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
  const boot = { kernel: { path, size }, commandLine };
  const place = { partition: systemPartitionNumber, coreSector: firstUsableSector };
  return isImage ? arm64Boot(boot) : await grubBoot(boot, place, grub, signal);
}

/** A file's first bytes, and its size. */
async function readHead(path: string): Promise<{ head: Buffer; size: number }> {
  try {
    const file = await open(path);
    try {
      const head = Buffer.alloc(searchedBytes);
      const { bytesRead } = await file.read(head, 0, head.length, 0);
      return { head: head.subarray(0, bytesRead), size: (await file.stat()).size };
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fromSystemError(error, path);
  }
}

function tooSmall(request: DiskRequest, size: number, least: number): MirageError {
  return new MirageError(
    "ERR_MIRAGE_DISK_TOO_SMALL",
    `${request.kernel} doesn't fit on a disk of ${size} bytes`,
    { hint: `the smallest disk for it has ${formatSize(least)}` },
  );
}
