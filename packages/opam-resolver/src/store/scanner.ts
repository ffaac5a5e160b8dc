import { scanner as base64 } from "#scanner";
import { type ARRAY, EXPECTED, TABLE } from "./codes.js";

/** The part of WebAssembly's interface that is used here: TypeScript has it only with a browser's. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/** What the WebAssembly exports, see ../../assembly/index.ts. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly expected: { readonly value: number };
  readonly failedAt: { readonly value: number };
  reserve(size: number): number;
  scan(length: number): void;
  addRow(name: number, versionLength: number): void;
  intern(table: number, length: number): number;
  stringsOf(table: number): number;
  textOf(table: number): number;
  arrayOf(array: number): number;
  lengthOf(array: number): number;
  extend(array: number, count: number): number;
}

/** What a malformed file lacks, in words. */
const words: Readonly<Record<EXPECTED, string>> = {
  [EXPECTED.field]: "a field",
  [EXPECTED.colon]: "a colon",
  [EXPECTED.openingBrace]: "an opening brace",
  [EXPECTED.endOfComment]: "the end of the comment",
  [EXPECTED.value]: "a value",
  [EXPECTED.string]: "a string",
  [EXPECTED.endOfString]: "the end of the string",
  [EXPECTED.closingBracket]: "a closing bracket",
  [EXPECTED.fewerBrackets]: "fewer nested brackets",
  [EXPECTED.packageName]: "a package name",
  [EXPECTED.endOfValue]: "the end of the value",
};

/** Thrown where the text is not in the opam format. */
export class ScanError extends Error {
  /** Byte offset. */
  readonly offset: number;

  constructor(offset: number, expected: string) {
    super(`expected ${expected}`);
    this.offset = offset;
  }
}

let compiled: object | undefined;

/** Reads opam files into arrays of its own; which they are tells `codes.ts`. */
export class Scanner {
  readonly #exports: Exports;
  #bytes = Buffer.alloc(0);
  #lastName = "";
  #lastNameId = -1;
  /** Where what is to be read is put. */
  #room = 0;

  constructor() {
    compiled ??= new WebAssembly.Module(Buffer.from(base64, "base64"));
    this.#exports = new WebAssembly.Instance(compiled).exports as Exports;
  }

  /** Adds a row for a package, read from its opam file. @throws {ScanError} */
  add(name: string, version: string, opam: Uint8Array): void {
    this.#put(opam.length).set(opam, this.#room);
    try {
      this.#exports.scan(opam.length);
    } catch (error) {
      throw this.#failure() ?? error;
    }
    if (name !== this.#lastName) {
      this.#lastNameId = this.intern(TABLE.names, name);
      this.#lastName = name;
    }
    this.#exports.addRow(this.#lastNameId, this.#write(version));
  }

  /** The number of a text, given by a character for each byte. */
  intern(table: TABLE, text: string): number {
    return this.#exports.intern(table, this.#write(text));
  }

  /** All strings of a table, a character for each byte. */
  texts(table: TABLE): string[] {
    const starts = this.array(table);
    const text = this.text(table).toString("latin1");
    return Array.from({ length: starts.length - 1 }, (_, i) =>
      text.slice(starts[i], starts[i + 1]),
    );
  }

  /** The strings of a table, one after the other. */
  text(table: TABLE): Buffer {
    const start = this.#exports.textOf(table);
    const starts = this.array(table);
    return Buffer.from(
      this.#memory().subarray(start, start + (starts[starts.length - 1] as number)),
    );
  }

  /** The numbers that the strings of a table have in that of all strings, to which they are added. */
  stringsOf(table: TABLE): Int32Array<ArrayBuffer> {
    const count = this.#exports.lengthOf(table) - 1;
    return this.#integers(this.#exports.stringsOf(table), count).slice();
  }

  /** An array of integers. */
  array(number: ARRAY | TABLE): Int32Array<ArrayBuffer> {
    const exports = this.#exports;
    return this.#integers(exports.arrayOf(number), exports.lengthOf(number)).slice();
  }

  /** Adds integers to an array. */
  append(array: ARRAY, values: Int32Array): void {
    const place = this.#exports.extend(array, values.length);
    this.#integers(place, values.length).set(values);
  }

  #failure(): ScanError | undefined {
    const { expected, failedAt } = this.#exports;
    if (expected.value < 0) return undefined;
    return new ScanError(failedAt.value - this.#room, words[expected.value as EXPECTED]);
  }

  #write(text: string): number {
    return this.#put(text.length).write(text, this.#room, "latin1");
  }

  /** The memory, with room for that many bytes at `room`. */
  #put(size: number): Buffer {
    this.#room = this.#exports.reserve(size);
    return this.#memory();
  }

  /** All memory. It is another object each time that it has grown. */
  #memory(): Buffer<ArrayBuffer> {
    const { buffer } = this.#exports.memory;
    if (this.#bytes.buffer !== buffer) this.#bytes = Buffer.from(buffer);
    return this.#bytes as Buffer<ArrayBuffer>;
  }

  #integers(place: number, length: number): Int32Array<ArrayBuffer> {
    return new Int32Array(this.#memory().buffer, place, length);
  }
}
