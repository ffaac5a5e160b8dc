import { RELOPS } from "./layout.js";

/** Thrown where the text is not in the opam format. */
export class ScanError extends Error {
  readonly offset: number;

  constructor(offset: number, expected: string) {
    super(`expected ${expected}`);
    this.offset = offset;
  }
}

export const END = -1;
export const TAB = 9;
export const NEWLINE = 10;
export const RETURN = 13;
export const SPACE = 32;
export const BANG = 33;
export const QUOTE = 34;
export const HASH = 35;
export const AMPERSAND = 38;
export const OPEN_PAREN = 40;
export const CLOSE_PAREN = 41;
export const STAR = 42;
export const PLUS = 43;
export const MINUS = 45;
export const COLON = 58;
export const LESS = 60;
export const EQUAL = 61;
export const GREATER = 62;
export const QUESTION = 63;
export const OPEN_BRACKET = 91;
export const BACKSLASH = 92;
export const CLOSE_BRACKET = 93;
export const UNDERSCORE = 95;
export const OPEN_BRACE = 123;
export const BAR = 124;
export const CLOSE_BRACE = 125;
export const TILDE = 126;

const MAX_NESTING = 200;

/** What there is by the names of fields, found without reading the names as strings. */
export class FieldTable<T> {
  private readonly bySize: (readonly (readonly [name: Buffer, value: T])[] | undefined)[] = [];

  constructor(fields: Readonly<Record<string, T>>) {
    for (const [name, value] of Object.entries(fields)) {
      this.bySize[name.length] = [...(this.bySize[name.length] ?? []), [Buffer.from(name), value]];
    }
  }

  /** What there is of the field whose name stands in a range. */
  at(bytes: Buffer, start: number, end: number): T | undefined {
    const fields = this.bySize[end - start];
    if (fields === undefined) return undefined;
    for (const [name, value] of fields) {
      let i = 0;
      while (i < name.length && name[i] === bytes[start + i]) i++;
      if (i === name.length) return value;
    }
    return undefined;
  }
}

/** Goes through the fields and sections of an opam file; this class alone skips them all. */
export class Tokens {
  protected bytes: Buffer = Buffer.alloc(0);
  protected start = 0;
  protected end = 0;
  protected at = 0;
  protected nesting = 0;

  /** Begins with the opam file in `bytes` from `start` to `end`. */
  protected open(bytes: Buffer, start: number, end: number): void {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.at = start;
    this.nesting = 0;
  }

  /** Reads all fields and sections. @throws {ScanError} */
  protected items(): void {
    for (;;) {
      const code = this.peek();
      if (code === END) return;
      if (!isIdentifier(code)) this.fail("a field");
      const start = this.at;
      this.skipFieldName();
      const end = this.at;
      const next = this.peek();
      if (next === COLON) {
        this.at++;
        this.field(start, end);
      } else if (next === OPEN_BRACE || next === QUOTE) {
        this.section(start, end);
      } else {
        this.fail("a colon");
      }
    }
  }

  /** Reads the value of the field whose name stands from `start` to `end`. */
  protected field(_start: number, _end: number): void {
    this.skipValue();
  }

  /** Reads the rest of the section whose name stands from `start` to `end`. */
  protected section(_start: number, _end: number): void {
    this.sectionItems(() => this.skipValue());
  }

  /** Reads the rest of a section; `field` reads the values of its fields. */
  protected sectionItems(field: (start: number, end: number) => void): void {
    if (this.peek() === QUOTE) this.skipString();
    if (this.peek() !== OPEN_BRACE) this.fail("an opening brace");
    this.enter();
    while (this.peek() !== CLOSE_BRACE) {
      const start = this.at;
      this.skipFieldName();
      const end = this.at;
      const next = this.peek();
      if (next === OPEN_BRACE || next === QUOTE) {
        this.sectionItems(() => this.skipValue());
        continue;
      }
      if (next !== COLON) this.fail("a colon");
      this.at++;
      field(start, end);
    }
    this.leave();
  }

  /** The text of a range, a character for each byte. */
  protected text(start: number, end: number): string {
    return this.bytes.toString("latin1", start, Math.min(end, this.end));
  }

  protected startsWith(text: string, at: number): boolean {
    const { bytes } = this;
    if (at + text.length > this.end) return false;
    for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  protected byte(at: number): number {
    return at < this.end ? (this.bytes[at] as number) : END;
  }

  /** The next character that isn't space or comment, {@link END} after the last. */
  protected peek(): number {
    const { bytes, end } = this;
    let at = this.at;
    for (;;) {
      if (at >= end) {
        this.at = end;
        return END;
      }
      const code = bytes[at] as number;
      if (code === SPACE || code === NEWLINE || code === TAB || code === RETURN) {
        at++;
      } else if (code === HASH || (code === OPEN_PAREN && this.byte(at + 1) === STAR)) {
        this.at = at;
        this.skipComment();
        at = this.at;
      } else {
        this.at = at;
        return code;
      }
    }
  }

  protected skipComment(): void {
    if (this.byte(this.at) === HASH) {
      while (this.at < this.end && this.bytes[this.at] !== NEWLINE) this.at++;
      return;
    }
    const start = this.at;
    let depth = 0;
    for (;;) {
      const code = this.byte(this.at++);
      if (code === END) {
        this.at = start;
        this.fail("the end of the comment");
      }
      if (code === OPEN_PAREN && this.byte(this.at) === STAR) {
        depth++;
        this.at++;
      } else if (code === STAR && this.byte(this.at) === CLOSE_PAREN) {
        this.at++;
        if (--depth === 0) return;
      }
    }
  }

  protected skipFieldName(): void {
    const { bytes, end } = this;
    const start = this.at;
    let at = start;
    while (at < end && isIdentifier(bytes[at] as number)) at++;
    this.at = at;
    if (at === start) this.fail("a field");
  }

  /** An identifier, a number or a boolean. */
  protected word(): string {
    this.peek();
    const start = this.at;
    this.skipWord();
    return this.text(start, this.at);
  }

  protected skipWord(): void {
    const start = this.at;
    for (;;) {
      const code = this.byte(this.at);
      const inside =
        isIdentifier(code) ||
        code === PLUS ||
        (code === COLON && this.at > start && isIdentifier(this.byte(this.at + 1)));
      if (!inside) break;
      this.at++;
    }
    if (this.at === start) this.fail("a value");
  }

  protected string(): string {
    if (this.peek() !== QUOTE) this.fail("a string");
    const start = this.at;
    this.skipString();
    const quotes = this.startsWith('"""', start) ? 3 : 1;
    const raw = this.text(start + quotes, this.at - quotes);
    return raw.includes("\\") ? withoutEscapes(raw) : raw;
  }

  /** Skips the string that starts here. */
  protected skipString(): void {
    const { bytes, end } = this;
    const start = this.at;
    let at = start + 1;
    if (bytes[at] === QUOTE && bytes[at + 1] === QUOTE) {
      this.skipLongString();
      return;
    }
    while (at < end) {
      const code = bytes[at++];
      if (code === BACKSLASH) at++;
      else if (code === QUOTE) {
        this.at = at;
        return;
      }
    }
    this.fail("the end of the string");
  }

  /** Skips a string between three quotes. */
  protected skipLongString(): void {
    const { bytes, end } = this;
    for (let at = this.at + 3; ; ) {
      const close = bytes.indexOf('"""', at, "latin1");
      if (close < 0 || close + 3 > end) this.fail("the end of the string");
      let before = close;
      while (before > at && bytes[before - 1] === BACKSLASH) before--;
      if (((close - before) & 1) === 0) {
        this.at = close + 3;
        return;
      }
      at = close + 1;
    }
  }

  protected atRelop(): boolean {
    const code = this.byte(this.at);
    return isRelop(code) || (code === BANG && this.byte(this.at + 1) === EQUAL);
  }

  protected relop(): number {
    const code = this.byte(this.at);
    const wide = this.byte(this.at + 1) === EQUAL;
    this.at += wide && code !== EQUAL && code !== TILDE ? 2 : 1;
    switch (code) {
      case EQUAL:
        return RELOPS.indexOf("=");
      case BANG:
        return RELOPS.indexOf("!=");
      case LESS:
        return RELOPS.indexOf(wide ? "<=" : "<");
      case GREATER:
        return RELOPS.indexOf(wide ? ">=" : ">");
      default:
        return RELOPS.indexOf(">=");
    }
  }

  protected skipOperand(): void {
    const next = this.peek();
    if (next === QUOTE) this.skipString();
    else if (next === OPEN_BRACKET || next === OPEN_PAREN || next === OPEN_BRACE) {
      this.skipBrackets();
    } else this.skipWord();
  }

  /** Skips a value, up to its last character: operands, what follows in braces, and operators. */
  protected skipValue(): void {
    let next = this.peek();
    for (;;) {
      while (next === BANG || next === QUESTION || isRelop(next)) {
        this.at++;
        next = this.peek();
      }
      this.skipOperand();
      let end = this.at;
      next = this.peek();
      while (next === OPEN_BRACE) {
        this.skipBrackets();
        end = this.at;
        next = this.peek();
      }
      if (!isOperator(next)) {
        this.at = end;
        return;
      }
      while (isOperator(this.byte(this.at))) this.at++;
      next = this.peek();
    }
  }

  /** Skips what stands between the bracket here and its end. */
  protected skipBrackets(): void {
    const { bytes, end } = this;
    let depth = 0;
    let at = this.at;
    while (at < end) {
      const code = bytes[at];
      if (code === QUOTE || code === HASH || (code === OPEN_PAREN && bytes[at + 1] === STAR)) {
        this.at = at;
        if (code === QUOTE) this.skipString();
        else this.skipComment();
        at = this.at;
        continue;
      }
      at++;
      if (code === OPEN_BRACKET || code === OPEN_PAREN || code === OPEN_BRACE) {
        depth++;
      } else if (code === CLOSE_BRACKET || code === CLOSE_PAREN || code === CLOSE_BRACE) {
        if (--depth === 0) {
          this.at = at;
          return;
        }
      }
    }
    this.fail("a closing bracket");
  }

  protected enter(): void {
    this.at++;
    if (++this.nesting > MAX_NESTING) this.fail("fewer nested brackets");
  }

  protected leave(): void {
    const code = this.peek();
    if (code !== CLOSE_BRACE && code !== CLOSE_BRACKET && code !== CLOSE_PAREN) {
      this.fail("a closing bracket");
    }
    this.at++;
    this.nesting--;
  }

  protected fail(expected: string): never {
    throw new ScanError(this.at - this.start, expected);
  }
}

/** Characters of names and words, but for `:` and `+`. */
export function isIdentifier(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === MINUS ||
    code === UNDERSCORE
  );
}

/** Comparison operators by their first character, but for `!=`. */
function isRelop(code: number): boolean {
  return code === EQUAL || code === LESS || code === GREATER || code === TILDE;
}

/** Characters of infix operators, those of environment updates included. */
function isOperator(code: number): boolean {
  return (
    isRelop(code) ||
    code === AMPERSAND ||
    code === BAR ||
    code === BANG ||
    code === PLUS ||
    code === COLON
  );
}

/** Resolves the escapes of a string. */
function withoutEscapes(raw: string): string {
  return raw.replace(
    /\\(?:\r?\n[ \t]*|x([0-9A-Fa-f]{2})|([0-9]{3})|([\s\S]))/g,
    (_, hex?: string, decimal?: string, character?: string) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      if (decimal !== undefined) return String.fromCharCode(Number(decimal) & 255);
      switch (character) {
        case undefined:
          return "";
        case "n":
          return "\n";
        case "t":
          return "\t";
        case "r":
          return "\r";
        case "b":
          return "\b";
        default:
          return character;
      }
    },
  );
}
