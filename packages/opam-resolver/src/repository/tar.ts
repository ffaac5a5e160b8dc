const block = 512;
const regular = 48;
const oldRegular = 0;
const longNameType = 76;
const pax = 120;

/**
 * Reads a tar archive piece by piece and hands over the regular files whose names are wanted.
 * Source: tar(5), POSIX.1-2001 pax; GNU long names. Its errors say in words what is wrong.
 */
export class TarReader {
  readonly #wanted: (name: string) => boolean;
  readonly #file: (name: string, content: Buffer) => void;
  #rest: Buffer = Buffer.alloc(0);
  #longName: string | undefined;
  #ended = false;

  constructor(wanted: (name: string) => boolean, file: (name: string, content: Buffer) => void) {
    this.#wanted = wanted;
    this.#file = file;
  }

  /** The next piece. What a file's content refers to must not be overwritten afterwards. */
  push(piece: Uint8Array): void {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    const data = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    let at = 0;
    while (!this.#ended && at + block <= data.length) {
      if (data[at] === 0) {
        this.#ended = true;
        break;
      }
      const size = this.#size(data, at);
      const end = at + block + size;
      if (end > data.length) break;
      this.#entry(data, at, data.subarray(at + block, end));
      at += block + Math.ceil(size / block) * block;
    }
    this.#rest = this.#ended ? Buffer.alloc(0) : data.subarray(at);
  }

  /** To be called after the last piece. */
  end(): void {
    if (this.#rest.length > 0 && !this.#ended) {
      throw new Error("it is cut short");
    }
  }

  #entry(data: Buffer, at: number, content: Buffer): void {
    const type = data[at + 156] as number;
    if (type === longNameType) {
      this.#longName = text(content, 0, content.length);
      return;
    }
    if (type === pax) {
      this.#longName = paxPath(content) ?? this.#longName;
      return;
    }
    const longName = this.#longName;
    this.#longName = undefined;
    if (type !== regular && type !== oldRegular) return;
    const name = longName ?? shortName(data, at);
    if (this.#wanted(name)) this.#file(name, content);
  }

  #size(data: Buffer, at: number): number {
    const field = at + 124;
    if (((data[field] as number) & 128) !== 0) {
      // GNU's base-256, for sizes beyond 8 GB: nothing that a repository holds.
      throw new Error("it holds a file of more than 8 GB");
    }
    let size = 0;
    for (let i = field; i < field + 12; i++) {
      const digit = (data[i] as number) - 48;
      if (digit >= 0 && digit < 8) size = size * 8 + digit;
      else if (digit !== -48 && digit !== -16) {
        throw new Error("it is not a tar archive");
      }
    }
    return size;
  }
}

function shortName(data: Buffer, at: number): string {
  const name = text(data, at, 100);
  const ustar = data.toString("latin1", at + 257, at + 262) === "ustar";
  const prefix = ustar && data[at + 345] !== 0 ? text(data, at + 345, 155) : "";
  return prefix === "" ? name : `${prefix}/${name}`;
}

/** Text up to the first NUL. */
function text(data: Buffer, at: number, limit: number): string {
  const end = data.indexOf(0, at);
  return data.toString("utf8", at, end < 0 ? at + limit : Math.min(end, at + limit));
}

/** The name in a pax header: records of the form `LENGTH KEY=VALUE\n`. */
function paxPath(content: Buffer): string | undefined {
  let at = 0;
  while (at < content.length) {
    const space = content.indexOf(32, at);
    const length = Number(content.toString("latin1", at, space));
    if (!(length > 0)) return undefined;
    const record = content.toString("utf8", space + 1, at + length - 1);
    if (record.startsWith("path=")) return record.slice("path=".length);
    at += length;
  }
  return undefined;
}
