import { parentPort, workerData } from "node:worker_threads";
import { MirageError } from "@mirage/diagnostics";
import { BatchWriter } from "./batch.js";
import type { FolderListing } from "./folder.js";
import { readArchiveFiles, readFolderFiles } from "./read-source.js";
import { claimed, counter, type WorkerInput, type WorkerMessage } from "./read-together.js";

/** Batches sent ahead of what is unpacked: they take memory. */
const ahead = 16;

const { source, entries, counters } = workerData as WorkerInput;

// The zstd decoder would use it to read its own code: loading Node's fetch takes longer than all the rest.
Reflect.deleteProperty(globalThis, "fetch");

let batch = new BatchWriter();

function file(...given: Parameters<BatchWriter["add"]>): void {
  if (batch.isFull) sendBatch();
  batch.add(...given);
}

function sendBatch(): void {
  for (let waiting = Atomics.load(counters, counter.waiting); waiting >= ahead; ) {
    Atomics.wait(counters, counter.waiting, waiting);
    waiting = Atomics.load(counters, counter.waiting);
  }
  Atomics.add(counters, counter.waiting, 1);
  const files = batch.batch();
  batch = new BatchWriter();
  send({ kind: "files", batch: files }, [files.bytes.buffer]);
}

function send(message: WorkerMessage, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

async function run(): Promise<void> {
  let listing: FolderListing | undefined;
  const listed = (found: FolderListing): void => {
    listing = found;
  };
  try {
    if (source.kind === "archive") await readArchiveFiles(source.path, file);
    else await readFolderFiles(source.path, { file, listed }, claimed(entries, counters));
  } catch (error) {
    // The class of an error does not outlive the way between threads.
    if (!(error instanceof MirageError)) throw error;
    const { code, message, hint } = error;
    send({ kind: "failure", code, message, hint });
    return;
  }
  sendBatch();
  send({ kind: "done", listing });
}

void run();
