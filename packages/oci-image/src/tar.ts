import { createReadStream } from "node:fs";

/** A file or folder of a layer. */
export interface TarEntry {
  /** Relative to the root, with `/` between its parts; up to 100 octets. */
  readonly path: string;
  /** Permissions: `0o755`. */
  readonly mode: number;
  /** User and group; root's without. */
  readonly owner?: number;
  /** Absent for a folder. */
  readonly content?: TarContent;
}

/** Octets, a file of so many, or so many that a function gives. */
export type TarContent =
  | Uint8Array
  | { readonly file: string; readonly size: number }
  | { chunks(): AsyncIterable<Uint8Array>; readonly size: number };

const block = 512;

/**
 * The octets of a tar archive (POSIX.1-1988 "ustar") with these entries, in their order. They depend on the
 * entries alone: each is of 1970.
 */
export async function* tar(entries: readonly TarEntry[]): AsyncGenerator<Uint8Array, void> {
  for (const entry of entries) {
    const { content } = entry;
    const size = content === undefined ? 0 : sizeOf(content);
    yield header(entry, size);
    if (content instanceof Uint8Array) yield content;
    else if (content !== undefined) yield* exactly(content);
    const rest = size % block;
    if (rest > 0) yield new Uint8Array(block - rest);
  }
  yield new Uint8Array(2 * block);
}

function sizeOf(content: TarContent): number {
  return content instanceof Uint8Array ? content.length : content.size;
}

/** A file that becomes longer or shorter meanwhile would shift all that follows. */
async function* exactly(
  content: Exclude<TarContent, Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  const chunks = "file" in content ? createReadStream(content.file) : content.chunks();
  let read = 0;
  for await (const chunk of chunks as AsyncIterable<Uint8Array>) {
    read += chunk.length;
    yield chunk;
  }
  if (read !== content.size) throw new Error("a file was written to while it was read");
}

/** Octets that a number's octal digits can tell. */
const largest = 8 ** 11 - 1;

function header({ path, mode, owner = 0, content }: TarEntry, size: number): Uint8Array {
  const name = Buffer.from(content === undefined ? `${path}/` : path);
  if (name.length > 100 || size > largest) throw new Error(`${path} does not fit a tar archive`);
  const bytes = Buffer.alloc(block);
  const octal = (value: number, at: number, digits: number) =>
    bytes.write(value.toString(8).padStart(digits, "0"), at, "latin1");
  name.copy(bytes, 0);
  octal(mode, 100, 7);
  octal(owner, 108, 7);
  octal(owner, 116, 7);
  octal(size, 124, 11);
  octal(0, 136, 11);
  bytes.write(content === undefined ? "5" : "0", 156, "latin1");
  bytes.write("ustar\x0000", 257, "latin1");
  bytes.fill(" ", 148, 156);
  octal(
    bytes.reduce((sum, byte) => sum + byte, 0),
    148,
    6,
  );
  bytes[154] = 0;
  return bytes;
}
