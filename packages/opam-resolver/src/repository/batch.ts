const room = 1 << 18;

/** Opam files on their way from one thread to another. Of few large values, as each costs time. */
export interface Batch {
  /** Of each file, separated by slashes. */
  readonly names: string;
  readonly versions: string;
  /** Three numbers for each file: what it is known by, then where it ends in `bytes`. */
  readonly numbers: readonly number[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Takes an opam file and what it is known by. The content is valid only during the call. */
export type FileSink = (
  name: string,
  version: string,
  content: Buffer,
  time: number,
  size: number,
) => void;

/** Collects a batch. */
export class BatchWriter {
  readonly #names: string[] = [];
  readonly #versions: string[] = [];
  readonly #numbers: number[] = [];
  #bytes = new Uint8Array(room);
  #end = 0;

  /** Whether it holds as much as is worth while to be sent. */
  get isFull(): boolean {
    return this.#end > 0.75 * room;
  }

  add(name: string, version: string, content: Buffer, time: number, size: number): void {
    const end = this.#end + content.length;
    if (end > this.#bytes.length) {
      const grown = new Uint8Array(2 * end);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes.set(content, this.#end);
    this.#end = end;
    this.#names.push(name);
    this.#versions.push(version);
    this.#numbers.push(time, size, end);
  }

  batch(): Batch {
    const names = this.#names;
    const versions = this.#versions;
    const numbers = this.#numbers;
    const bytes = this.#bytes;
    return { names: names.join("/"), versions: versions.join("/"), numbers, bytes };
  }
}

/** Hands over the files of a batch. */
export function unpack({ names, versions, numbers, bytes }: Batch, file: FileSink): void {
  const nameList = names.split("/");
  const versionList = versions.split("/");
  const content = Buffer.from(bytes.buffer);
  let start = 0;
  for (let i = 0; 3 * i < numbers.length; i++) {
    const [time, size, end] = numbers.slice(3 * i, 3 * i + 3) as [number, number, number];
    const [name, version] = [nameList[i] as string, versionList[i] as string];
    file(name, version, content.subarray(start, end), time, size);
    start = end;
  }
}
