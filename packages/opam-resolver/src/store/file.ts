import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import { formatVersion, type SectionName, type Sections, sectionNames } from "./layout.js";
import { Store } from "./store.js";

/** What a store file says about itself, besides the packages. */
export interface StoreMeta {
  /** Identity of the repository. */
  readonly source: string;
  /** The state in which the repository was read. */
  readonly fingerprint: string;
  /** Opam files that could not be read: name, version, byte offset, message, stamp. */
  readonly unreadable: readonly (readonly [string, string, number, string, number, number])[];
  /** Number of rows whose formulas were replaced since the store was last built from nothing. */
  readonly replaced: number;
}

const magicNumber = 0x4d504f72; // "rOPM"
const headerWords = 6;
const entryWords = 3;

/**
 * Writes a store to a file, atomically: a concurrent reader sees the old file or the new one.
 *
 * The file: a header of 32-bit words (magic, format, byte order mark, length of the file, length of
 * the meta data, checksum of what follows up to the first section), for each section its offset,
 * length and checksum, then the meta data as JSON, then the sections. All in the machine's byte order.
 */
export function writeStore(path: string, sections: Sections, meta: StoreMeta): void {
  const json = Buffer.from(JSON.stringify(meta));
  const tableEnd = 4 * (headerWords + entryWords * sectionNames.length);
  const head = Buffer.alloc(aligned(tableEnd + json.length));
  const words = new Int32Array(head.buffer, head.byteOffset, tableEnd / 4);
  json.copy(head, tableEnd);
  const parts = sectionNames.map((name) => bytesOf(sections[name]));
  let end = head.length;
  parts.forEach((part, index) => {
    words.set([end, part.length, crc32(part)], headerWords + entryWords * index);
    end = aligned(end + part.length);
  });
  words.set([magicNumber, formatVersion, 1, end, json.length]);
  words[5] = crc32(head.subarray(4 * headerWords));

  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const fd = openSync(temporary, "w");
    try {
      writeSync(fd, head);
      for (const part of parts) {
        writeSync(fd, part);
        writeSync(fd, Buffer.alloc(aligned(part.length) - part.length));
      }
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Reads a store file; undefined if there is none, or it is of another format, cut short or damaged. */
export function readStore(path: string): { store: Store; meta: StoreMeta } | undefined {
  let file: Buffer;
  try {
    file = readFileSync(path);
  } catch {
    return undefined;
  }
  const tableEnd = 4 * (headerWords + entryWords * sectionNames.length);
  if (file.length < tableEnd) return undefined;
  const words = new Int32Array(file.buffer, file.byteOffset, tableEnd / 4);
  const [magic, format, order, length, jsonLength, checksum] = words as unknown as number[];
  if (magic !== magicNumber || format !== formatVersion || order !== 1 || length !== file.length) {
    return undefined;
  }
  const headEnd = aligned(tableEnd + (jsonLength as number));
  if (headEnd > file.length) return undefined;
  if ((crc32(file.subarray(4 * headerWords, headEnd)) | 0) !== checksum) return undefined;
  const sections = new Map<SectionName, ArrayBufferView>();
  for (const [index, name] of sectionNames.entries()) {
    const entry = headerWords + entryWords * index;
    const offset = words[entry] as number;
    const size = words[entry + 1] as number;
    const bytes = file.subarray(offset, offset + size);
    if (bytes.length !== size || (crc32(bytes) | 0) !== words[entry + 2]) return undefined;
    sections.set(name, viewOf(name, file, offset, size));
  }
  const json = file.toString("utf8", tableEnd, tableEnd + (jsonLength as number));
  const store = new Store(Object.fromEntries(sections) as unknown as Sections);
  return { store, meta: JSON.parse(json) as StoreMeta };
}

/** Sections start at multiples of eight bytes, so that arrays can look into the file directly. */
function aligned(offset: number): number {
  return (offset + 7) & ~7;
}

function bytesOf(array: ArrayBufferView): Buffer {
  return Buffer.from(array.buffer as ArrayBuffer, array.byteOffset, array.byteLength);
}

function viewOf(name: SectionName, file: Buffer, offset: number, size: number): ArrayBufferView {
  const start = file.byteOffset + offset;
  const buffer = file.buffer as ArrayBuffer;
  switch (name) {
    case "text":
      return new Uint8Array(buffer, start, size);
    case "stamps":
    case "nameStamps":
      return new Float64Array(buffer, start, size / 8);
    default:
      return new Int32Array(buffer, start, size / 4);
  }
}
