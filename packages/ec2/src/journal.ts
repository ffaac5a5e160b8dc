import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";

/**
 * What has reached one snapshot, so that a later run sends only the rest. A file of lines that are
 * appended as things happen: the content's id, the index of each block, and `sealing` before the
 * snapshot is completed. It outlives a process that is killed; after a power failure the last lines
 * may be missing, and their blocks are sent again.
 */
export class Journal {
  readonly sent: ReadonlySet<number>;
  readonly isSealing: boolean;
  readonly #fd: number;

  readonly #path: string;

  private constructor(path: string, content: string) {
    this.#path = path;
    const { header, indexes, isSealing } = read(path);
    const fits = header === content;
    this.sent = fits ? indexes : new Set();
    this.isSealing = fits && isSealing;
    this.#fd = openSync(path, fits ? "a" : "w", 0o600);
    // An unfinished last line ends here.
    writeSync(this.#fd, fits ? "\n" : `${content}\n`);
  }

  /** The journal of a snapshot; an empty one if there is none, or one of another content. */
  static open(folder: string, region: string, snapshot: string, content: string): Journal {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return new Journal(journalPath(folder, region, snapshot), content);
  }

  /** Notes a block that the server has confirmed. */
  note(index: number): void {
    writeSync(this.#fd, `${index}.\n`);
  }

  noteSealing(): void {
    writeSync(this.#fd, "sealing\n");
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** Closes and forgets it: the snapshot is finished or gone. */
  remove(): void {
    this.close();
    rmSync(this.#path, { force: true });
  }
}

/** Forgets a snapshot that is gone. */
export function removeJournal(folder: string, region: string, snapshot: string): void {
  rmSync(journalPath(folder, region, snapshot), { force: true });
}

/** Hours that it is remembered that a snapshot was deleted. */
const rememberedHours = 1;

/**
 * Forgets a snapshot that this user had deleted, and that it was: AWS goes on answering its token as if
 * it had just been started.
 */
export function noteForgotten(folder: string, region: string, snapshot: string): void {
  removeJournal(folder, region, snapshot);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(folder).filter((one) => one.endsWith(".gone"))) {
    const age =
      Date.now() - (statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (age > rememberedHours * 3_600_000) rmSync(join(folder, name), { force: true });
  }
  writeFileSync(gonePath(folder, region, snapshot), "");
}

/** Whether a snapshot was deleted lately. */
export function wasForgotten(folder: string, region: string, snapshot: string): boolean {
  return existsSync(gonePath(folder, region, snapshot));
}

function gonePath(folder: string, region: string, snapshot: string): string {
  return join(folder, `${region}-${snapshot}.gone`);
}

function journalPath(folder: string, region: string, snapshot: string): string {
  return join(folder, `${region}-${snapshot}.journal`);
}

function read(path: string) {
  let text = "";
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const [header, ...lines] = text.split("\n");
  // The point tells a whole index from the beginning of a longer one.
  const indexes = lines.flatMap((line) =>
    /^\d+\.$/.test(line) ? [Number.parseInt(line, 10)] : [],
  );
  return { header, indexes: new Set(indexes), isSealing: lines.includes("sealing") };
}
