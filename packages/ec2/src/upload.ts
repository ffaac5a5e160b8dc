import { MirageError } from "@mirage/diagnostics";
import { PutSnapshotBlockCommand } from "#sdk";
import type { Connection, Settling } from "./connection.js";
import { type Block, BlockReader, blockSize, type DiskContent } from "./disk.js";
import type { Journal } from "./journal.js";

/** Blocks sent at once when nothing else is said. */
export const defaultWorkers = 64;

export interface UploadOptions {
  /** Blocks sent at once; each takes a block's 512 KiB of memory. */
  readonly workers: number;
  readonly onBlock: (block: Block) => void;
  /** Answers to wait for, of a snapshot that was started just now. */
  readonly settling?: Settling;
  readonly signal?: AbortSignal;
}

/**
 * Sends the blocks that the journal doesn't have. The first failure stops all workers and is thrown
 * when they have stopped.
 */
export async function uploadBlocks(
  connection: Connection,
  snapshot: string,
  content: DiskContent,
  journal: Journal,
  { workers, onBlock, settling, signal }: UploadOptions,
): Promise<void> {
  const missing = content.blocks.filter(({ index }) => !journal.sent.has(index)).values();
  const stop = new AbortController();
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const failures: unknown[] = [];
  const reader = await BlockReader.open(content.path);
  const work = async () => {
    const buffer = Buffer.alloc(blockSize);
    for (const block of missing) {
      if (either.aborted) return;
      await reader.read(block, buffer);
      await putBlock(connection, snapshot, block, buffer, either, settling);
      journal.note(block.index);
      onBlock(block);
    }
  };
  const guarded = () =>
    work().catch((error: unknown) => {
      failures.push(error);
      stop.abort();
    });
  try {
    await Promise.all(Array.from({ length: workers }, guarded));
  } finally {
    await reader.close();
  }
  if (signal?.aborted) throw new MirageError("ERR_MIRAGE_INTERRUPTED", "interrupted");
  if (failures.length > 0) throw failures[0];
}

async function putBlock(
  connection: Connection,
  snapshot: string,
  { index, digest }: Block,
  data: Buffer,
  signal: AbortSignal,
  settling: Settling | undefined,
): Promise<void> {
  const command = () =>
    new PutSnapshotBlockCommand({
      SnapshotId: snapshot,
      BlockIndex: index,
      BlockData: data,
      DataLength: blockSize,
      Checksum: digest,
      ChecksumAlgorithm: "SHA256",
    });
  const put = await connection.call(
    "ebs:PutSnapshotBlock",
    (http) => connection.ebs.send(command(), http),
    signal,
    settling,
  );
  if (put.Checksum !== digest) {
    throw new MirageError(
      "ERR_MIRAGE_EC2_CHECKSUM",
      `block ${index} of ${snapshot} arrived with a wrong checksum`,
      { hint: "run the command again" },
    );
  }
}
