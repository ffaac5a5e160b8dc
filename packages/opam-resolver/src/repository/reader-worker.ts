import { parentPort, workerData } from "node:worker_threads";
import { MirageError } from "@mirage/diagnostics";
import { type Origins, Reducer } from "../store/reduce.js";
import { readSource } from "./read-source.js";
import type { ReaderInput, ReaderMessage } from "./reader-thread.js";

const BATCH_BYTES = 1 << 18;
/** Batches sent ahead of what is taken. */
const AHEAD = 16;
/** If so many are waiting, it is worth while to leave less to be done. */
const BEHIND = 2;

const { source, outstanding } = workerData as ReaderInput;

// The zstd decoder would use it to read its own code: loading Node's fetch takes longer than all the rest.
Reflect.deleteProperty(globalThis, "fetch");

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
let origins: (Origins | undefined)[] = [];
const reducer = new Reducer();

function flush(): void {
  if (ends.length === 0) return;
  send({ kind: "files", names, versions, times, sizes, ends, origins, bytes }, [bytes.buffer]);
  bytes = new Uint8Array(BATCH_BYTES);
  end = 0;
  names = [];
  versions = [];
  times = [];
  sizes = [];
  ends = [];
  origins = [];
}

function sendNames(stamps: Iterable<readonly [string, number]>): void {
  send({ kind: "names", stamps: [...stamps] });
}

function collect(name: string, version: string, content: Buffer, time: number, size: number): void {
  if (end + 2 * content.length > bytes.length) {
    flush();
    if (2 * content.length > bytes.length) bytes = new Uint8Array(2 * content.length);
  }
  const made: Origins = [];
  const reducedEnd =
    Atomics.load(outstanding, 0) < BEHIND ? undefined : reducer.reduce(content, bytes, end, made);
  if (reducedEnd === undefined) {
    bytes.set(content, end);
    end += content.length;
    origins.push(undefined);
  } else {
    end = reducedEnd;
    origins.push(made);
  }
  names.push(name);
  versions.push(version);
  times.push(time);
  sizes.push(size);
  ends.push(end);
}

async function run(): Promise<void> {
  try {
    await readSource(source, { names: sendNames, file: collect });
    flush();
  } catch (error) {
    // The class of an error does not outlive the way between threads.
    if (!(error instanceof MirageError)) throw error;
    const { code, message, hint } = error;
    send({ kind: "failure", code, message, hint });
  }
}

void run();
