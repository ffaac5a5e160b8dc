import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { type ErrorCode, MirageError } from "@mirage/diagnostics";
import type { Origins } from "../store/reduce.js";
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
  /** One counter: batches sent, but not yet taken. */
  readonly outstanding: Int32Array<SharedArrayBuffer>;
}

/** Whether there is a second processor, and a compiled module for a thread. */
export function canReadInThread(): boolean {
  return availableParallelism() > 1 && moduleExtension() !== undefined;
}

/** That of compiled modules: `.js`, or `.cjs` where they are bundled. */
function moduleExtension(): string | undefined {
  return /\.c?js$/.exec(import.meta.url)?.[0];
}

/** Reads the opam files of a source in a thread of its own, while they are taken in this one. */
export async function readInThread(
  source: FileSource,
  sink: SourceSink,
  signal: AbortSignal | undefined,
): Promise<void> {
  const outstanding = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL(`./reader-worker${moduleExtension()}`, import.meta.url), {
    workerData: { source, outstanding } satisfies ReaderInput,
  });
  try {
    await new Promise<void>((resolve, reject) => {
      const guarded = (action: () => void): void => {
        try {
          signal?.throwIfAborted();
          action();
        } catch (error) {
          reject(error);
        }
      };
      worker.on("message", (message: ReaderMessage) => {
        guarded(() => take(message, sink));
        Atomics.sub(outstanding, 0, 1);
        Atomics.notify(outstanding, 0);
      });
      worker.once("error", reject);
      worker.once("exit", () => resolve());
    });
  } finally {
    await worker.terminate();
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
