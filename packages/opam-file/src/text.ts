import { isUtf8 } from "node:buffer";
import { type ErrorCode, lineIndex, MirageError, type Span } from "@mirage/diagnostics";

/** The longest text read, in UTF-16 units. Real files have some ten thousand at most. */
export const maxLength = 10 * 1024 * 1024;

/** Values nested deeper than this are refused. Real files nest 8 deep at most. */
export const maxNesting = 200;

/** A problem at a range of offsets; `code` without its `ERR_MIRAGE_OPAM_`. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly start: number;
  readonly end: number;
}

/** The span of a range of offsets within a text. */
export function spanAt(text: string, file: string, start: number, end: number): Span {
  const index = lineIndex(text);
  return { file, start: index.positionAt(start), end: index.positionAt(end) };
}

/** The error that tells of a problem in a text. */
export function problemError(text: string, file: string, problem: Problem): MirageError {
  return new MirageError(problemCode(problem.code), problem.message, {
    span: spanAt(text, file, problem.start, problem.end),
    ...(problem.hint === undefined ? {} : { hint: problem.hint }),
  });
}

export function problemCode(code: string): ErrorCode {
  return `ERR_MIRAGE_OPAM_${code}`;
}

/** The text to parse; refuses what is not UTF-8, contains NUL, begins with a BOM or is too long. */
export function readText(input: string | Uint8Array, file: string): string {
  const text = typeof input === "string" ? input : decode(input, file);
  if (text.length > maxLength) {
    throw problemError(text.slice(0, maxLength), file, {
      code: "TOO_LONG",
      message: `the file is longer than ${maxLength} characters`,
      start: maxLength,
      end: maxLength,
    });
  }
  if (text.charCodeAt(0) === 0xfeff) {
    throw problemError(text, file, {
      code: "ENCODING",
      message: "the file begins with a byte order mark",
      hint: "save the file as UTF-8 without a byte order mark",
      start: 0,
      end: 1,
    });
  }
  const nul = text.indexOf("\0");
  if (nul >= 0) {
    throw problemError(text, file, {
      code: "ENCODING",
      message: "the file contains a NUL character",
      hint: "remove it; within a string it can be written \\000",
      start: nul,
      end: nul + 1,
    });
  }
  return text;
}

function decode(bytes: Uint8Array, file: string): string {
  const head = bytes.subarray(0, 3 * (maxLength + 1));
  const buffer = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  const text = buffer.toString("utf8");
  // Of a longer input the last character may have been cut, which readText never gets to see.
  if (head.length < bytes.length || isUtf8(head)) return text;
  const start = buffer.toString("utf8", 0, validUtf8Length(head)).length;
  throw problemError(text, file, {
    code: "ENCODING",
    message: "the file is not valid UTF-8",
    hint: "save the file as UTF-8",
    start,
    end: start + 1,
  });
}

/** How many bytes from the beginning are valid UTF-8 (RFC 3629). */
export function validUtf8Length(bytes: Uint8Array): number {
  let i = 0;
  while (i < bytes.length) {
    const length = utf8SequenceLength(bytes, i);
    if (length === 0) return i;
    i += length;
  }
  return i;
}

/** The length of the valid UTF-8 sequence at an offset, or 0. */
export function utf8SequenceLength(bytes: ArrayLike<number>, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  for (let k = 1; k < length; k++) {
    const next = bytes[at + k] ?? 0;
    let low = 0x80;
    let high = 0xbf;
    if (k === 1) {
      if (first === 0xe0) low = 0xa0;
      else if (first === 0xed) high = 0x9f;
      else if (first === 0xf0) low = 0x90;
      else if (first === 0xf4) high = 0x8f;
    }
    if (next < low || next > high) return 0;
  }
  return length;
}
