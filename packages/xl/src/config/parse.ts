import { readFile } from "node:fs/promises";
import {
  type Diagnostic,
  type ErrorCode,
  fromSystemError,
  type LineIndex,
  lineIndex,
  MirageError,
  quote,
} from "@mirage/diagnostics";
import type { XlConfig, XlEntry, XlValue } from "./config.js";
import { parseProblem } from "./parse-failure.js";
import { decodeString } from "./string-literal.js";
import {
  type Assignment,
  parseSyntax,
  type Range,
  type RawString,
  type RawValue,
  type RawWord,
} from "./syntax.js";

export interface ParsedXlConfig {
  /** Absent when there is an error. */
  readonly config?: XlConfig;
  /** The errors, in the order of the file. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads the text of an xl file as xl does (`libxlu_cfg`): what xl refuses is an error here, all of
 * them at once. What the keys mean is not looked at: `checkXlConfig` does that.
 */
export function parseXlConfig(text: string, file: string): ParsedXlConfig {
  return new Reader(text, file).read();
}

/**
 * Reads an xl file.
 * @throws MirageError `ERR_MIRAGE_XL_FILE` with all its problems as details, `ERR_MIRAGE_SYSTEM_*`
 */
export async function readXlConfig(file: string): Promise<XlConfig> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw fromSystemError(error, file);
  }
  const { config, diagnostics } = parseXlConfig(bytes.toString("utf8"), file);
  if (config) return config;
  throw new MirageError("ERR_MIRAGE_XL_FILE", `${file} is not an xl file`, {
    details: diagnostics,
  });
}

const code: ErrorCode = "ERR_MIRAGE_XL_SYNTAX";

const saveHint = "save the file as UTF-8 without a byte order mark, and with Unix line ends";

/** More than these are counted, not shown. */
const shownProblems = 25;

class Reader {
  readonly #text: string;
  readonly #file: string;
  readonly #index: LineIndex;
  readonly #diagnostics: Diagnostic[] = [];

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
    this.#index = lineIndex(text);
  }

  read(): ParsedXlConfig {
    const { assignments, failures, openComment, carriageReturn } = parseSyntax(this.#text);
    this.#checkCharacters();
    for (const failure of failures) {
      const { at, message, hint } = parseProblem(this.#text, failure);
      this.#error(at, message, hint);
    }
    if (openComment) {
      this.#error(
        openComment,
        "the comment on the last line has no line end",
        "end the file with a line end: xl refuses it otherwise",
      );
    }
    if (carriageReturn) {
      this.#error(carriageReturn, "the line has a carriage return", saveHint);
    }
    const entries = assignments.map((assignment) => this.#entry(assignment));
    return this.#diagnostics.length > 0
      ? { diagnostics: this.#sorted() }
      : { config: { entries }, diagnostics: [] };
  }

  /** In the order of the file, the first ones only: the rest are counted. */
  #sorted(): Diagnostic[] {
    const all = this.#diagnostics.sort(
      (a, b) => (a.span?.start.offset ?? 0) - (b.span?.start.offset ?? 0),
    );
    const more = all.length - shownProblems;
    if (more <= 0) return all;
    const message = `${more} more problem${more === 1 ? "" : "s"} in ${this.#file}`;
    const hint = "correct the ones above first";
    return [...all.slice(0, shownProblems), { code, message, hint, severity: "error" }];
  }

  /** What may stand nowhere in the file; each is reported once. */
  #checkCharacters(): void {
    const complaints = [
      [/^\uFEFF/, "the file begins with a byte order mark"],
      [/\0/, "the file contains a NUL character"],
      [/\uFFFD/, "the file is not UTF-8 text"],
    ] as const;
    for (const [pattern, message] of complaints) {
      const at = this.#text.search(pattern);
      if (at !== -1) this.#error({ start: at, end: at + 1 }, message, saveHint);
    }
  }

  #entry({ key, operator, value }: Assignment): XlEntry {
    if (!/^[a-z][._0-9a-z]*$/.test(key.text)) {
      const better = key.text.toLowerCase().replaceAll("-", "_").replace(/^_+/, "");
      this.#error(
        key,
        `${quote(key.text)} is not a key: xl wants small letters, digits, \`_\` and \`.\``,
        `did you mean ${quote(better)}?`,
      );
    }
    return {
      key: key.text,
      ...(operator === "=" ? {} : { operator }),
      value: this.#value(value),
      keySpan: this.#span(key),
    };
  }

  #value(raw: RawValue): XlValue {
    switch (raw.kind) {
      case "string":
        return this.#string(raw);
      case "word":
        return this.#word(raw);
      case "list":
        return {
          kind: "list",
          items: raw.items.map((item) => this.#value(item)),
          span: this.#span(raw),
        };
    }
  }

  #string(raw: RawString): XlValue {
    if (!raw.isClosed) {
      this.#error(
        raw,
        "the string has no closing quote",
        "a string ends on the line where it begins; a quote inside it is written `\\'` or `\\\"`",
      );
    }
    const { value, faults } = decodeString(raw.raw);
    for (const { offset, length, message, hint } of faults) {
      const start = raw.start + 1 + offset;
      this.#error({ start, end: start + length }, message, hint);
    }
    return { kind: "string", value, span: this.#span(raw) };
  }

  #word(raw: RawWord): XlValue {
    const span = this.#span(raw);
    const { text } = raw;
    if (/^(?:0x[0-9a-f]+|0[0-7]*|[1-9][0-9]*)$/.test(text)) {
      const value = Number(/^0[0-7]+$/.test(text) ? `0o${text}` : text);
      if (!Number.isSafeInteger(value)) {
        this.#error(
          raw,
          `${quote(text)} is too large a number`,
          `numbers go up to ${Number.MAX_SAFE_INTEGER}`,
        );
      }
      return { kind: "number", value, ...(String(value) === text ? {} : { text }), span };
    }
    this.#error(raw, `${quote(text)} is neither a number nor in quotes`, wordHint(text));
    return { kind: "string", value: text, span };
  }

  #error(at: Range, message: string, hint: string): void {
    this.#diagnostics.push({ code, message, hint, severity: "error", span: this.#span(at) });
  }

  #span({ start, end }: Range) {
    return this.#index.span(this.#file, start, end);
  }
}

function wordHint(text: string): string {
  if (/^0x[0-9a-f]+$/i.test(text)) return `xl wants small letters: \`${text.toLowerCase()}\``;
  if (/^(?:true|yes|on)$/i.test(text)) return "write `1`";
  if (/^(?:false|no|off)$/i.test(text)) return "write `0`";
  return `put quotes around it: \`"${text}"\``;
}
