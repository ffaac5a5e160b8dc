import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { fromSystemError, MirageError } from "@mirage/diagnostics";

/** The block of the EBS direct APIs, in bytes. */
export const blockSize = 512 * 1024;
const gibibyte = 2 ** 30;
/** The largest EBS volume, in GiB (StartSnapshot, VolumeSize). */
const largestVolume = 65_536;

/** A block that is not all zeros. */
export interface Block {
  readonly index: number;
  /** SHA-256 of its 524,288 bytes, in base64. */
  readonly digest: string;
}

/** What a disk image holds, as EBS sees it. */
export interface DiskContent {
  readonly path: string;
  /** Size of the file, in bytes. */
  readonly bytes: number;
  /** Size of a volume that takes it, in GiB. */
  readonly volumeSize: number;
  /** The blocks to send, by index. Blocks of zeros are what a volume has anyway. */
  readonly blocks: readonly Block[];
  /** SHA-256 over the digests of `blocks` in their order: EBS's LINEAR aggregate, in base64. */
  readonly checksum: string;
  /** SHA-256 over volume size, indexes and digests, in hexadecimal: equal for equal disks. */
  readonly id: string;
}

/** A part of a disk, in bytes. */
export interface Range {
  readonly offset: number;
  readonly length: number;
}

export interface ScanOptions {
  /** Where there may be something; the rest is not read and counts as zeros. */
  readonly ranges?: readonly Range[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Reads a disk image once. What follows the end of its last block counts as zeros. */
export async function scanDisk(path: string, options: ScanOptions = {}): Promise<DiskContent> {
  const file = await open(path, "r").catch((error) => {
    throw fromSystemError(error);
  });
  try {
    const { size: bytes } = await file.stat();
    const volumeSize = Math.max(1, Math.ceil(bytes / gibibyte));
    if (volumeSize > largestVolume) {
      throw new MirageError(
        "ERR_MIRAGE_EC2_DISK",
        `${path} is larger than the largest EBS volume`,
        {
          hint: `a volume has at most ${largestVolume} GiB`,
        },
      );
    }
    const { ranges = [{ offset: 0, length: bytes }], signal } = options;
    const blocks = await usedBlocks(file, indexesOf(ranges, bytes), signal);
    if (blocks.length === 0) {
      throw new MirageError("ERR_MIRAGE_EC2_DISK", `${path} holds nothing but zeros`, {
        hint: "`mirage image` writes a disk that boots",
      });
    }
    return { path, bytes, volumeSize, blocks, ...digests(volumeSize, blocks) };
  } finally {
    await file.close();
  }
}

/** Reads blocks of a file that was scanned before, and notices when it has changed since. */
export class BlockReader {
  readonly #path: string;
  readonly #file: FileHandle;

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  static async open(path: string): Promise<BlockReader> {
    return new BlockReader(path, await open(path, "r"));
  }

  /** Fills `buffer`, of a block's size. */
  async read(block: Block, buffer: Buffer): Promise<void> {
    const length = await readFully(this.#file, buffer, block.index * blockSize);
    buffer.fill(0, length);
    if (digestOf(buffer) !== block.digest) {
      throw new MirageError(
        "ERR_MIRAGE_EC2_DISK_CHANGED",
        `${this.#path} changes while it is sent`,
        {
          hint: "leave the file alone and run the command again",
        },
      );
    }
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

/** The blocks that ranges touch, in their order. */
function indexesOf(ranges: readonly Range[], bytes: number): number[] {
  const indexes = new Set<number>();
  for (const { offset, length } of ranges) {
    const end = Math.min(offset + length, bytes);
    for (let at = Math.floor(offset / blockSize); at * blockSize < end; at++) indexes.add(at);
  }
  return [...indexes].sort((a, b) => a - b);
}

async function usedBlocks(
  file: FileHandle,
  indexes: readonly number[],
  signal: AbortSignal | undefined,
): Promise<Block[]> {
  const zeros = Buffer.alloc(blockSize);
  const buffer = Buffer.alloc(blockSize);
  const blocks: Block[] = [];
  for (const index of indexes) {
    if (signal?.aborted) throw new MirageError("ERR_MIRAGE_INTERRUPTED", "interrupted");
    buffer.fill(0, await readFully(file, buffer, index * blockSize));
    if (!buffer.equals(zeros)) blocks.push({ index, digest: digestOf(buffer) });
  }
  return blocks;
}

async function readFully(file: FileHandle, buffer: Buffer, position: number): Promise<number> {
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await file.read(
      buffer,
      length,
      buffer.length - length,
      position + length,
    );
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return length;
}

function digestOf(block: Buffer): string {
  return createHash("sha256").update(block).digest("base64");
}

function digests(volumeSize: number, blocks: readonly Block[]) {
  const linear = createHash("sha256");
  const content = createHash("sha256").update(`${volumeSize} GiB\n`);
  for (const { index, digest } of blocks) {
    linear.update(Buffer.from(digest, "base64"));
    content.update(`${index} ${digest}\n`);
  }
  return { checksum: linear.digest("base64"), id: content.digest("hex") };
}
