import { parentPort, workerData } from "node:worker_threads";
import { MirageError } from "@mirage/diagnostics";
import { readSource } from "./read-source.js";
import type { ReaderInput, ReaderMessage } from "./reader-thread.js";

const BATCH_BYTES = 1 << 19;
/** Batches sent ahead of what is taken. */
const AHEAD = 8;

const { source, outstanding } = workerData as ReaderInput;

function send(message: ReaderMessage, transfer: ArrayBuffer[] = []): void {
  for (let waiting = Atomics.load(outstanding, 0); waiting >= AHEAD; ) {
    Atomics.wait(outstanding, 0, waiting);
    waiting = Atomics.load(outstanding, 0);
  }
  Atomics.add(outstanding, 0, 1);
  parentPort?.postMessage(message, transfer);
}

let bytes = new Uint8Array(BATCH_BYTES);
let end = 0;
let names: string[] = [];
let versions: string[] = [];
let times: number[] = [];
let sizes: number[] = [];
let ends: number[] = [];

function flush(): void {
  if (ends.length === 0) return;
  send({ kind: "files", names, versions, times, sizes, ends, bytes }, [bytes.buffer]);
  bytes = new Uint8Array(BATCH_BYTES);
  end = 0;
  names = [];
  versions = [];
  times = [];
  sizes = [];
  ends = [];
}

function sendNames(stamps: Iterable<readonly [string, number]>): void {
  send({ kind: "names", stamps: [...stamps] });
}

function collect(name: string, version: string, content: Buffer, time: number, size: number): void {
  if (end + content.length > bytes.length) {
    flush();
    if (content.length > bytes.length) bytes = new Uint8Array(content.length);
  }
  bytes.set(content, end);
  end += content.length;
  names.push(name);
  versions.push(version);
  times.push(time);
  sizes.push(size);
  ends.push(end);
}

try {
  await readSource(source, { names: sendNames, file: collect });
  flush();
} catch (error) {
  // The class of an error does not outlive the way between threads.
  if (!(error instanceof MirageError)) throw error;
  const { code, message, hint } = error;
  send({ kind: "failure", code, message, hint });
}
