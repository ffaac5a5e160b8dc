import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { type ErrorCode, MirageError } from "@mirage/diagnostics";
import { type Batch, unpack } from "./batch.js";
import type { FolderListing } from "./folder.js";
import { type FileSource, readFolderFiles, type SourceSink } from "./read-source.js";

/** What the second thread is given. */
export interface WorkerInput {
  readonly source: FileSource;
  /** Of a folder: the entries that both threads share. */
  readonly entries: readonly string[];
  readonly counters: Counters;
}

/** What both threads count, by {@link counter}. */
export type Counters = Int32Array<SharedArrayBuffer>;

export const counter = {
  /** Groups of entries that a thread has taken on. */
  claimed: 0,
  /** Batches sent, but not yet unpacked. */
  waiting: 1,
} as const;

/** What the second thread sends: files, and last what it knows of a folder. */
export type WorkerMessage =
  | { readonly kind: "files"; readonly batch: Batch }
  | { readonly kind: "done"; readonly listing: FolderListing | undefined }
  | {
      readonly kind: "failure";
      readonly code: ErrorCode;
      readonly message: string;
      readonly hint: string | undefined;
    };

/** Whether there is a second processor, and a compiled module for a thread. */
export function canReadTogether(): boolean {
  return availableParallelism() > 1 && moduleExtension() !== undefined;
}

/** That of compiled modules: `.js`, or `.cjs` where they are bundled. */
function moduleExtension(): string | undefined {
  return /\.c?js$/.exec(import.meta.url)?.[0];
}

/**
 * Reads the opam files of a source with the help of a second thread. It reads an archive alone; of a
 * folder each thread takes on the next few of its entries as soon as it is done with the last.
 */
export async function readTogether(
  source: FileSource,
  entries: readonly string[],
  sink: SourceSink,
): Promise<void> {
  const counters = new Int32Array(new SharedArrayBuffer(4 * Object.keys(counter).length));
  const worker = new Worker(new URL(`./read-worker${moduleExtension()}`, import.meta.url), {
    workerData: { source, entries, counters } satisfies WorkerInput,
    // The program's own options, such as --eval, are not for this module.
    execArgv: [],
  });
  try {
    const theirs = received(worker, counters, sink);
    const ours =
      source.kind === "folder" && readFolderFiles(source.path, sink, claimed(entries, counters));
    const [listing] = await Promise.all([theirs, ours]);
    if (listing !== undefined) sink.listed(listing);
  } catch (error) {
    await worker.terminate();
    throw error;
  }
}

const group = 16;

/** The entries that this thread is to read: group by group what no other thread has taken on. */
export function* claimed(entries: readonly string[], counters: Counters): Generator<string, void> {
  for (;;) {
    const start = group * Atomics.add(counters, counter.claimed, 1);
    if (start >= entries.length) return;
    yield* entries.slice(start, start + group);
  }
}

/** Takes what the second thread sends, up to the end; lets the event loop run after each message. */
function received(
  worker: Worker,
  counters: Counters,
  sink: SourceSink,
): Promise<FolderListing | undefined> {
  return new Promise((resolve, reject) => {
    const take = async (message: WorkerMessage): Promise<void> => {
      if (message.kind === "failure") {
        const { code, message: text, hint } = message;
        throw new MirageError(code, text, hint === undefined ? {} : { hint });
      }
      if (message.kind === "done") {
        resolve(message.listing);
        return;
      }
      unpack(message.batch, sink.file);
      Atomics.sub(counters, counter.waiting, 1);
      Atomics.notify(counters, counter.waiting);
      await new Promise(setImmediate);
    };
    let taken = Promise.resolve();
    worker.once("error", reject);
    worker.on("message", (message: WorkerMessage) => {
      taken = taken.then(() => take(message));
      taken.catch(reject);
    });
  });
}
