import type { Atom, EnvOp, Item, RelOp, Value } from "./ast.js";
import { unescapeString } from "./escapes.js";
import { maxNesting } from "./text.js";

/** Thrown when the text is not of the format; the grammar then tells where and why. */
const refused = new Error("refused by the scanner");

const tab = 9;
const newlineCode = 10;
const returnCode = 13;
const space = 32;
const bang = 33;
const quote = 34;
const hash = 35;
const and = 38;
const openGroup = 40;
const closeGroup = 41;
const star = 42;
const plus = 43;
const minus = 45;
const colon = 58;
const lessCode = 60;
const equalCode = 61;
const greater = 62;
const question = 63;
const openList = 91;
const closeList = 93;
const underscore = 95;
const openBrace = 123;
const or = 124;
const closeBrace = 125;
const tilde = 126;
const endOfInput = -1;

const letter = 2;
/** For each ASCII character: 1 if it may be in an identifier, 1 + LETTER for letters. */
const wordBytes = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  const char = String.fromCharCode(code);
  if (/[A-Za-z]/.test(char)) wordBytes[code] = 1 + letter;
  else if (/[0-9_-]/.test(char)) wordBytes[code] = 1;
}

/**
 * Reads what the grammar reads, several times faster; undefined if the text is not of the format.
 * With `wanted`, only the top-level fields and sections of these names: of others only strings,
 * comments and the balance of brackets are looked at.
 */
export function scanItems(text: string, wanted?: ReadonlySet<string>): Item[] | undefined {
  return attempt(() => new Scanner(text).file(wanted));
}

/** Reads a single value, such as that of a field. */
export function scanValue(text: string): Value | undefined {
  return attempt(() => new Scanner(text).lonelyValue());
}

function attempt<T>(scan: () => T): T | undefined {
  try {
    return scan();
  } catch (error) {
    if (error === refused) return undefined;
    throw error;
  }
}

class Scanner {
  readonly #text: string;
  /** Offset of the next token. */
  #pos = 0;
  /** First character of the next token, or END. */
  #next = endOfInput;
  /** Where the token before ended. */
  #end = 0;
  #nesting = 0;
  /** Whether the last string has neither escapes nor carriage returns. */
  #plain = true;
  /** The first backslash and the first carriage return not passed yet; infinity if none. */
  #backslash = -1;
  #return = -1;

  constructor(text: string) {
    this.#text = text;
    this.#skipBlanks(0);
  }

  file(wanted: ReadonlySet<string> | undefined): Item[] {
    const items = this.#items(wanted);
    if (this.#next !== endOfInput) throw refused;
    return items;
  }

  lonelyValue(): Value {
    const value = this.#value();
    if (this.#next !== endOfInput) throw refused;
    return value;
  }

  #items(wanted: ReadonlySet<string> | undefined): Item[] {
    const items: Item[] = [];
    while (this.#next !== endOfInput && this.#next !== closeBrace) {
      const start = this.#pos;
      const name = this.#word();
      if (name === "true" || name === "false") throw refused;
      const keep = wanted === undefined || wanted.has(name);
      if (this.#next === colon) {
        if (this.#text.charCodeAt(this.#pos + 1) === equalCode) throw refused;
        this.#take(1);
        if (keep) items.push({ kind: "field", name, value: this.#value(), start, end: this.#end });
        else this.#skipValue();
        continue;
      }
      const label = this.#next === quote ? this.#string() : undefined;
      if (this.#next !== openBrace) throw refused;
      if (!keep) {
        this.#skipBracketed();
        continue;
      }
      this.#open();
      const inner = this.#items(undefined);
      this.#close(closeBrace);
      items.push({ kind: "section", name, label, items: inner, start, end: this.#end });
    }
    return items;
  }

  #value(): Value {
    const first = this.#prefixed();
    return this.#next === and || this.#next === or ? this.#logical(first) : first;
  }

  /** Reads the rest of a chain of `&` and `|`. */
  #logical(first: Value): Value {
    const alternatives: Value[] = [];
    let conjunction: Value[] = [first];
    for (;;) {
      if (this.#next === and) {
        this.#take(1);
        conjunction.push(this.#prefixed());
        continue;
      }
      alternatives.push(chain("and", conjunction));
      if (this.#next !== or) return chain("or", alternatives);
      this.#take(1);
      conjunction = [this.#prefixed()];
    }
  }

  #prefixed(): Value {
    const start = this.#pos;
    if (this.#next === question || (this.#next === bang && this.#charAfter() !== equalCode)) {
      const kind = this.#next === bang ? "not" : "defined";
      this.#open();
      const value = this.#prefixed();
      this.#nesting -= 1;
      return { kind, value, start, end: this.#end };
    }
    let value = this.#operand();
    let levels = 0;
    while (this.#next === openBrace) {
      this.#open();
      levels += 1;
      const options = this.#values(closeBrace);
      this.#take(1);
      value = { kind: "option", value, options, start, end: this.#end };
    }
    this.#nesting -= levels;
    return value;
  }

  #operand(): Value {
    const start = this.#pos;
    switch (this.#next) {
      case openList: {
        this.#open();
        const items = this.#values(closeList);
        this.#close(closeList);
        return { kind: "list", items, start, end: this.#end };
      }
      case openGroup: {
        this.#open();
        const items = this.#values(closeGroup);
        this.#close(closeGroup);
        return { kind: "group", items, start, end: this.#end };
      }
      case bang:
      case lessCode:
      case greater:
      case tilde:
      case equalCode: {
        const op = this.#relop();
        const value = this.#atom();
        return { kind: "prefix-relop", op, value, start, end: this.#end };
      }
    }
    const left = this.#atom();
    switch (this.#next) {
      case equalCode:
        if (this.#charAfter() === plus || this.#charAfter() === colon) break;
        return this.#comparison(left, start);
      case bang:
        // `a != b`, unlike `a !b`
        return this.#charAfter() === equalCode ? this.#comparison(left, start) : left;
      case lessCode:
      case greater:
      case tilde:
        return this.#comparison(left, start);
      case plus:
        break;
      case colon:
        break;
      default:
        return left;
    }
    const op = this.#envop();
    const right = this.#atom();
    return { kind: "env", op, left, right, start, end: this.#end };
  }

  #comparison(left: Atom, start: number): Value {
    const op = this.#relop();
    const right = this.#atom();
    return { kind: "relop", op, left, right, start, end: this.#end };
  }

  /** Reads values up to a closing bracket, which is left there. */
  #values(close: number): Value[] {
    const values: Value[] = [];
    while (this.#next !== close) values.push(this.#value());
    return values;
  }

  #relop(): RelOp {
    const equal = this.#charAfter() === equalCode;
    switch (this.#next) {
      case equalCode:
        if (this.#charAfter() === plus || this.#charAfter() === colon) throw refused;
        this.#take(1);
        return "=";
      case tilde:
        this.#take(1);
        return ">=";
      case bang:
        if (!equal) throw refused;
        this.#take(2);
        return "!=";
    }
    const less = this.#next === lessCode;
    this.#take(equal ? 2 : 1);
    if (less) return equal ? "<=" : "<";
    return equal ? ">=" : ">";
  }

  #envop(): EnvOp {
    const second = this.#charAfter();
    if (this.#next === equalCode) {
      const third = this.#text.charCodeAt(this.#pos + 2);
      if (second === colon) {
        if (third === equalCode) throw refused;
        this.#take(2);
        return "=:";
      }
      this.#take(third === equalCode ? 3 : 2);
      return third === equalCode ? "=+=" : "=+";
    }
    if (second !== equalCode) throw refused;
    const op = this.#next === plus ? "+=" : ":=";
    this.#take(2);
    return op;
  }

  #atom(): Atom {
    const start = this.#pos;
    if (this.#next === quote) {
      const value = this.#string();
      return { kind: "string", value, start, end: this.#end };
    }
    const wordEnd = this.#wordEnd(start);
    if (wordEnd < 0) {
      const value = this.#integer();
      return { kind: "int", value, start, end: this.#end };
    }
    const name = this.#text.slice(start, wordEnd);
    this.#take(wordEnd - start);
    if (name === "true" || name === "false") {
      return { kind: "bool", value: name === "true", start, end: this.#end };
    }
    return { kind: "ident", name, start, end: this.#end };
  }

  #word(): string {
    const start = this.#pos;
    const end = this.#wordEnd(start);
    if (end < 0) throw refused;
    this.#take(end - start);
    return this.#text.slice(start, end);
  }

  /** Where the identifier at an offset ends, or -1 if there is none. */
  #wordEnd(start: number): number {
    const text = this.#text;
    let end = this.#wordPartEnd(start);
    if (end < 0) return -1;
    while (text.charCodeAt(end) === plus) {
      const partEnd = this.#wordPartEnd(end + 1);
      if (partEnd < 0) break;
      end = partEnd;
    }
    if (text.charCodeAt(end) === colon) {
      const partEnd = this.#wordPartEnd(end + 1);
      if (partEnd >= 0 && !(partEnd === end + 2 && text.charCodeAt(end + 1) === underscore)) {
        return partEnd;
      }
    }
    return end === start + 1 && text.charCodeAt(start) === underscore ? -1 : end;
  }

  /** Where a run of identifier characters with a letter among them, or a lone `_`, ends; or -1. */
  #wordPartEnd(start: number): number {
    const text = this.#text;
    let end = start;
    let letters = 0;
    for (;;) {
      const code = text.charCodeAt(end);
      const word = code < 128 ? (wordBytes[code] as number) : 0;
      if (word === 0) break;
      letters |= word & letter;
      end += 1;
    }
    if (letters !== 0) return end;
    return end === start + 1 && text.charCodeAt(start) === underscore ? end : -1;
  }

  #integer(): number {
    const text = this.#text;
    const start = this.#pos;
    let end = start;
    if (text.charCodeAt(end) === minus) end += 1;
    if (!isDigit(text.charCodeAt(end))) throw refused;
    while (isDigit(text.charCodeAt(end)) || text.charCodeAt(end) === underscore) end += 1;
    const after = text.charCodeAt(end);
    if (after < 128 && wordBytes[after] !== 0) throw refused;
    const value = Number(text.slice(start, end).replaceAll("_", ""));
    if (!Number.isSafeInteger(value)) throw refused;
    this.#take(end - start);
    return value + 0;
  }

  #string(): string {
    const text = this.#text;
    const start = this.#pos;
    const quotes = this.#quotesAt(start);
    const from = start + quotes;
    const end = this.#stringEnd(from, quotes);
    const raw = text.slice(from, end);
    const value = this.#plain ? raw : unescapeString(raw);
    if (value === undefined) throw refused;
    this.#take(end - start + quotes);
    return value;
  }

  /** How many quotes open the string at an offset. */
  #quotesAt(offset: number): 1 | 3 {
    return this.#text.startsWith('"""', offset) ? 3 : 1;
  }

  /** Where the closing quotes are; sets whether what is before them stands for itself. */
  #stringEnd(from: number, quotes: 1 | 3): number {
    const text = this.#text;
    const delimiter = quotes === 1 ? '"' : '"""';
    let end = text.indexOf(delimiter, from);
    let backslash = this.#backslashAfter(from);
    this.#plain = end < backslash && end < this.#returnAfter(from);
    while (backslash < end) {
      const afterEscape = backslash + 2;
      if (afterEscape > end) end = text.indexOf(delimiter, afterEscape);
      backslash = this.#backslashAfter(afterEscape);
    }
    if (end < 0) throw refused;
    return end;
  }

  #backslashAfter(from: number): number {
    if (this.#backslash < from) this.#backslash = this.#find("\\", from);
    return this.#backslash;
  }

  #returnAfter(from: number): number {
    if (this.#return < from) this.#return = this.#find("\r", from);
    return this.#return;
  }

  #find(char: string, from: number): number {
    const at = this.#text.indexOf(char, from);
    return at < 0 ? Number.POSITIVE_INFINITY : at;
  }

  /** Skips a value without checking more than its brackets and strings. */
  #skipValue(): void {
    for (;;) {
      if (this.#next === openList || this.#next === openGroup) this.#skipBracketed();
      else if (this.#next === quote) this.#skipString();
      else this.#prefixed();
      while (this.#next === openBrace) this.#skipBracketed();
      if (this.#next !== and && this.#next !== or) return;
      this.#take(1);
    }
  }

  #skipString(): void {
    const quotes = this.#quotesAt(this.#pos);
    const end = this.#stringEnd(this.#pos + quotes, quotes);
    this.#take(end + quotes - this.#pos);
  }

  #skipBracketed(): void {
    const text = this.#text;
    let depth = 0;
    for (let at = this.#pos; ; at++) {
      switch (text.charCodeAt(at)) {
        case quote: {
          const quotes = this.#quotesAt(at);
          at = this.#stringEnd(at + quotes, quotes) + quotes - 1;
          break;
        }
        case hash:
          at = this.#lineEnd(at);
          break;
        case openGroup:
          if (text.charCodeAt(at + 1) === star) at = this.#commentEnd(at) - 1;
          else depth += 1;
          break;
        case openList:
        case openBrace:
          depth += 1;
          break;
        case closeGroup:
        case closeList:
        case closeBrace:
          depth -= 1;
          if (depth > 0) break;
          this.#take(at + 1 - this.#pos);
          return;
        default:
          if (at >= text.length) throw refused;
      }
    }
  }

  /** Consumes an opening bracket or a prefix operator. */
  #open(): void {
    this.#nesting += 1;
    if (this.#nesting > maxNesting) throw refused;
    this.#take(1);
  }

  #close(bracket: number): void {
    if (this.#next !== bracket) throw refused;
    this.#nesting -= 1;
    this.#take(1);
  }

  /** Consumes a token of the given length and the blanks behind it. */
  #take(length: number): void {
    this.#end = this.#pos + length;
    this.#skipBlanks(this.#end);
  }

  #charAfter(): number {
    return this.#text.charCodeAt(this.#pos + 1);
  }

  #skipBlanks(from: number): void {
    const text = this.#text;
    let at = from;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === space || code === newlineCode || code === tab) at += 1;
      else if (code === hash) at = this.#lineEnd(at);
      else if (code === openGroup && text.charCodeAt(at + 1) === star) at = this.#commentEnd(at);
      else if (code === returnCode && text.charCodeAt(at + 1) === newlineCode) at += 2;
      else {
        this.#pos = at;
        this.#next = at < text.length ? code : endOfInput;
        return;
      }
    }
  }

  /** The end of a line, before its newline. */
  #lineEnd(from: number): number {
    const newline = this.#text.indexOf("\n", from);
    return newline < 0 ? this.#text.length : newline;
  }

  /** The end of the comment that begins at an offset. */
  #commentEnd(from: number): number {
    const text = this.#text;
    let at = from + 2;
    for (let level = 1; level > 0; ) {
      const code = text.charCodeAt(at);
      if (code === star && text.charCodeAt(at + 1) === closeGroup) {
        level -= 1;
        at += 2;
      } else if (code === openGroup && text.charCodeAt(at + 1) === star) {
        level += 1;
        at += 2;
      } else if (code >= 0) at += 1;
      else throw refused;
    }
    return at;
  }
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function chain(kind: "and" | "or", items: readonly Value[]): Value {
  const first = items[0] as Value;
  if (items.length === 1) return first;
  return { kind, items, start: first.start, end: (items[items.length - 1] as Value).end };
}
