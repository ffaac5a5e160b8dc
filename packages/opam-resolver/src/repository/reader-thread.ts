import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { type ErrorCode, MirageError } from "@mirage/diagnostics";
import type { Origins } from "../store/reduce.js";
import type { Part } from "./folder.js";
import type { FileSource, SourceSink } from "./read-source.js";

/** What the reading thread sends: names, then files, several at a time. */
export type ReaderMessage =
  | { readonly kind: "names"; readonly stamps: readonly (readonly [string, number])[] }
  | ({ readonly kind: "files" } & Batch)
  | {
      readonly kind: "failure";
      readonly code: ErrorCode;
      readonly message: string;
      readonly hint: string | undefined;
    };

/** Opam files, whole or reduced, one after the other in `bytes`. */
export interface Batch {
  readonly names: readonly string[];
  readonly versions: readonly string[];
  readonly times: readonly number[];
  readonly sizes: readonly number[];
  readonly ends: readonly number[];
  /** What reduced files were made of, by their places in the batch. */
  readonly origins: readonly (Origins | undefined)[];
  readonly bytes: Uint8Array;
}

export interface ReaderInput {
  readonly source: FileSource;
  readonly part: Part;
  /** One counter: batches sent, but not yet taken. */
  readonly outstanding: Int32Array<SharedArrayBuffer>;
}

/** Whether there is a second processor, and a compiled module for a thread. */
export function canReadInThreads(): boolean {
  return availableParallelism() > 1 && moduleExtension() !== undefined;
}

/** That of compiled modules: `.js`, or `.cjs` where they are bundled. */
function moduleExtension(): string | undefined {
  return /\.c?js$/.exec(import.meta.url)?.[0];
}

/**
 * Reads the opam files of a source in threads of their own, while they are taken in this one: always in
 * the same order.
 */
export async function readInThreads(
  source: FileSource,
  sink: SourceSink,
  signal: AbortSignal | undefined,
): Promise<void> {
  // A folder's files take longer to open than all that is done with them.
  const of = source.kind === "folder" ? 2 : 1;
  const readers = Array.from({ length: of }, (_, index) => new ReaderThread(source, { index, of }));
  try {
    for (const reader of readers) await reader.take(sink, signal);
  } finally {
    await Promise.all(readers.map((reader) => reader.stop()));
  }
}

class ReaderThread {
  private readonly worker: Worker;
  private readonly outstanding = new Int32Array(new SharedArrayBuffer(4));
  private readonly waiting: ReaderMessage[] = [];
  private handle = (message: ReaderMessage): void => {
    this.waiting.push(message);
  };
  private fail = (_error: unknown): void => {};
  private readonly ended: Promise<void>;

  constructor(source: FileSource, part: Part) {
    const { outstanding } = this;
    this.worker = new Worker(new URL(`./reader-worker${moduleExtension()}`, import.meta.url), {
      workerData: { source, part, outstanding } satisfies ReaderInput,
    });
    this.worker.on("message", (message: ReaderMessage) => this.handle(message));
    this.ended = new Promise<void>((resolve, reject) => {
      this.fail = reject;
      this.worker.once("error", reject);
      this.worker.once("exit", () => resolve());
    });
    // It is waited for later.
    this.ended.catch(() => {});
  }

  /** Hands over all that is read. */
  async take(sink: SourceSink, signal: AbortSignal | undefined): Promise<void> {
    this.handle = (message) => {
      try {
        signal?.throwIfAborted();
        take(message, sink);
      } catch (error) {
        this.fail(error);
      }
      Atomics.sub(this.outstanding, 0, 1);
      Atomics.notify(this.outstanding, 0);
    };
    for (const message of this.waiting.splice(0)) this.handle(message);
    await this.ended;
  }

  async stop(): Promise<void> {
    await this.worker.terminate();
  }
}

function take(message: ReaderMessage, sink: SourceSink): void {
  if (message.kind === "names") {
    sink.names(message.stamps);
    return;
  }
  if (message.kind === "failure") {
    const { code, message: text, hint } = message;
    throw new MirageError(code, text, hint === undefined ? {} : { hint });
  }
  const { names, versions, times, sizes, ends, origins } = message;
  const bytes = Buffer.from(message.bytes.buffer, 0, message.bytes.byteLength);
  let start = 0;
  for (let i = 0; i < ends.length; i++) {
    const end = ends[i] as number;
    sink.file(
      names[i] as string,
      versions[i] as string,
      bytes.subarray(start, end),
      times[i] as number,
      sizes[i] as number,
      origins[i],
    );
    start = end;
  }
}
