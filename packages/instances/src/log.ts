import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { MirageError } from "@mirage/diagnostics";
import { olderLog } from "./bound-log.js";

/** The file of an instance's folder that has all it printed, and what happened to it. */
export function logFile(folder: string): string {
  return join(folder, "log");
}

export interface ReadLogOptions {
  /** Only the last lines. */
  readonly lines?: number;
  /** Go on while this is true: asked after each look, before the last one. */
  readonly goOn?: () => Promise<boolean>;
  readonly signal?: AbortSignal;
}

/** Milliseconds between two looks at a log that is followed. */
const intervalMs = 150;

/** What a log file has, and what is written to it as long as `goOn` says so. */
export async function* readLog(
  path: string,
  { lines, goOn = async () => false, signal }: ReadLogOptions = {},
): AsyncGenerator<Buffer, void> {
  if (lines === undefined) yield* olderPart(path);
  const file = await openLog(path);
  try {
    let position = lines === undefined ? 0 : await startOfLastLines(file, lines);
    for (;;) {
      const isLast = !(await goOn());
      for (;;) {
        if ((await file.stat()).size < position) position = 0; // a new part has begun
        const { buffer, bytesRead } = await file.read(Buffer.alloc(1 << 16), 0, 1 << 16, position);
        if (bytesRead === 0) break;
        position += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
      if (isLast || signal?.aborted) return;
      await new Promise((resolve) => setTimeout(resolve, intervalMs));
    }
  } finally {
    await file.close();
  }
}

/** The part that `boundLog` has put aside, if there is one. */
async function* olderPart(path: string): AsyncGenerator<Buffer, void> {
  const file = await openLog(olderLog(path)).catch(() => undefined);
  if (file) yield* file.createReadStream();
}

/** Root reads logs of users as well, and must not be led to another file by a link, or into a pipe. */
async function openLog(path: string): Promise<File> {
  const file = await open(path, constants.O_NOFOLLOW | constants.O_NONBLOCK);
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new MirageError("ERR_MIRAGE_INSTANCE_LOG", `${path} is not a file`, {
    hint: "only its owner can have put it there: look at it, and remove it",
  });
}

type File = Awaited<ReturnType<typeof open>>;

/** Where the last `count` lines of a file begin. A last line need not have an end. */
async function startOfLastLines(file: File, count: number): Promise<number> {
  const { size } = await file.stat();
  let missing = count;
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - (1 << 16));
    const { buffer } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
    for (let at = end - start - 1; at >= 0; at--) {
      const isEndOfLine = buffer[at] === 0x0a && start + at !== size - 1;
      if (isEndOfLine && --missing === 0) return start + at + 1;
    }
    end = start;
  }
  return count === 0 ? size : 0;
}
