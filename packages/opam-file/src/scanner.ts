import type { Atom, EnvOp, Item, RelOp, Value } from "./ast.js";
import { unescapeString } from "./escapes.js";
import { MAX_NESTING } from "./text.js";

/** Thrown when the text is not of the format; the grammar then tells where and why. */
const REFUSED = new Error("refused by the scanner");

const TAB = 9;
const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const BANG = 33;
const QUOTE = 34;
const HASH = 35;
const AND = 38;
const OPEN_GROUP = 40;
const CLOSE_GROUP = 41;
const STAR = 42;
const PLUS = 43;
const MINUS = 45;
const COLON = 58;
const LESS = 60;
const EQUAL = 61;
const GREATER = 62;
const QUESTION = 63;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;
const UNDERSCORE = 95;
const OPEN_BRACE = 123;
const OR = 124;
const CLOSE_BRACE = 125;
const TILDE = 126;
const END = -1;

const LETTER = 2;
/** For each ASCII character: 1 if it may be in an identifier, 1 + LETTER for letters. */
const WORD = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  const char = String.fromCharCode(code);
  if (/[A-Za-z]/.test(char)) WORD[code] = 1 + LETTER;
  else if (/[0-9_-]/.test(char)) WORD[code] = 1;
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
    if (error === REFUSED) return undefined;
    throw error;
  }
}

class Scanner {
  readonly #text: string;
  /** Offset of the next token. */
  #pos = 0;
  /** First character of the next token, or END. */
  #next = END;
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
    if (this.#next !== END) throw REFUSED;
    return items;
  }

  lonelyValue(): Value {
    const value = this.#value();
    if (this.#next !== END) throw REFUSED;
    return value;
  }

  #items(wanted: ReadonlySet<string> | undefined): Item[] {
    const items: Item[] = [];
    while (this.#next !== END && this.#next !== CLOSE_BRACE) {
      const start = this.#pos;
      const name = this.#word();
      if (name === "true" || name === "false") throw REFUSED;
      const keep = wanted === undefined || wanted.has(name);
      if (this.#next === COLON) {
        if (this.#text.charCodeAt(this.#pos + 1) === EQUAL) throw REFUSED;
        this.#take(1);
        if (keep) items.push({ kind: "field", name, value: this.#value(), start, end: this.#end });
        else this.#skipValue();
        continue;
      }
      const label = this.#next === QUOTE ? this.#string() : undefined;
      if (this.#next !== OPEN_BRACE) throw REFUSED;
      if (!keep) {
        this.#skipBracketed();
        continue;
      }
      this.#open();
      const inner = this.#items(undefined);
      this.#close(CLOSE_BRACE);
      items.push({ kind: "section", name, label, items: inner, start, end: this.#end });
    }
    return items;
  }

  #value(): Value {
    const first = this.#prefixed();
    return this.#next === AND || this.#next === OR ? this.#logical(first) : first;
  }

  /** Reads the rest of a chain of `&` and `|`. */
  #logical(first: Value): Value {
    const alternatives: Value[] = [];
    let conjunction: Value[] = [first];
    for (;;) {
      if (this.#next === AND) {
        this.#take(1);
        conjunction.push(this.#prefixed());
        continue;
      }
      alternatives.push(chain("and", conjunction));
      if (this.#next !== OR) return chain("or", alternatives);
      this.#take(1);
      conjunction = [this.#prefixed()];
    }
  }

  #prefixed(): Value {
    const start = this.#pos;
    if (this.#next === QUESTION || (this.#next === BANG && this.#charAfter() !== EQUAL)) {
      const kind = this.#next === BANG ? "not" : "defined";
      this.#open();
      const value = this.#prefixed();
      this.#nesting -= 1;
      return { kind, value, start, end: this.#end };
    }
    let value = this.#operand();
    let levels = 0;
    while (this.#next === OPEN_BRACE) {
      this.#open();
      levels += 1;
      const options = this.#values(CLOSE_BRACE);
      this.#take(1);
      value = { kind: "option", value, options, start, end: this.#end };
    }
    this.#nesting -= levels;
    return value;
  }

  #operand(): Value {
    const start = this.#pos;
    switch (this.#next) {
      case OPEN_LIST: {
        this.#open();
        const items = this.#values(CLOSE_LIST);
        this.#close(CLOSE_LIST);
        return { kind: "list", items, start, end: this.#end };
      }
      case OPEN_GROUP: {
        this.#open();
        const items = this.#values(CLOSE_GROUP);
        this.#close(CLOSE_GROUP);
        return { kind: "group", items, start, end: this.#end };
      }
      case BANG:
      case LESS:
      case GREATER:
      case TILDE:
      case EQUAL: {
        const op = this.#relop();
        const value = this.#atom();
        return { kind: "prefix-relop", op, value, start, end: this.#end };
      }
    }
    const left = this.#atom();
    switch (this.#next) {
      case EQUAL:
        if (this.#charAfter() === PLUS || this.#charAfter() === COLON) break;
        return this.#comparison(left, start);
      case BANG:
        // `a != b`, unlike `a !b`
        return this.#charAfter() === EQUAL ? this.#comparison(left, start) : left;
      case LESS:
      case GREATER:
      case TILDE:
        return this.#comparison(left, start);
      case PLUS:
        break;
      case COLON:
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
    const equal = this.#charAfter() === EQUAL;
    switch (this.#next) {
      case EQUAL:
        if (this.#charAfter() === PLUS || this.#charAfter() === COLON) throw REFUSED;
        this.#take(1);
        return "=";
      case TILDE:
        this.#take(1);
        return ">=";
      case BANG:
        if (!equal) throw REFUSED;
        this.#take(2);
        return "!=";
    }
    const less = this.#next === LESS;
    this.#take(equal ? 2 : 1);
    if (less) return equal ? "<=" : "<";
    return equal ? ">=" : ">";
  }

  #envop(): EnvOp {
    const second = this.#charAfter();
    if (this.#next === EQUAL) {
      const third = this.#text.charCodeAt(this.#pos + 2);
      if (second === COLON) {
        if (third === EQUAL) throw REFUSED;
        this.#take(2);
        return "=:";
      }
      this.#take(third === EQUAL ? 3 : 2);
      return third === EQUAL ? "=+=" : "=+";
    }
    if (second !== EQUAL) throw REFUSED;
    const op = this.#next === PLUS ? "+=" : ":=";
    this.#take(2);
    return op;
  }

  #atom(): Atom {
    const start = this.#pos;
    if (this.#next === QUOTE) {
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
    if (end < 0) throw REFUSED;
    this.#take(end - start);
    return this.#text.slice(start, end);
  }

  /** Where the identifier at an offset ends, or -1 if there is none. */
  #wordEnd(start: number): number {
    const text = this.#text;
    let end = this.#wordPartEnd(start);
    if (end < 0) return -1;
    while (text.charCodeAt(end) === PLUS) {
      const partEnd = this.#wordPartEnd(end + 1);
      if (partEnd < 0) break;
      end = partEnd;
    }
    if (text.charCodeAt(end) === COLON) {
      const partEnd = this.#wordPartEnd(end + 1);
      if (partEnd >= 0 && !(partEnd === end + 2 && text.charCodeAt(end + 1) === UNDERSCORE)) {
        return partEnd;
      }
    }
    return end === start + 1 && text.charCodeAt(start) === UNDERSCORE ? -1 : end;
  }

  /** Where a run of identifier characters with a letter among them, or a lone `_`, ends; or -1. */
  #wordPartEnd(start: number): number {
    const text = this.#text;
    let end = start;
    let letters = 0;
    for (;;) {
      const code = text.charCodeAt(end);
      const word = code < 128 ? (WORD[code] as number) : 0;
      if (word === 0) break;
      letters |= word & LETTER;
      end += 1;
    }
    if (letters !== 0) return end;
    return end === start + 1 && text.charCodeAt(start) === UNDERSCORE ? end : -1;
  }

  #integer(): number {
    const text = this.#text;
    const start = this.#pos;
    let end = start;
    if (text.charCodeAt(end) === MINUS) end += 1;
    if (!isDigit(text.charCodeAt(end))) throw REFUSED;
    while (isDigit(text.charCodeAt(end)) || text.charCodeAt(end) === UNDERSCORE) end += 1;
    const after = text.charCodeAt(end);
    if (after < 128 && WORD[after] !== 0) throw REFUSED;
    const value = Number(text.slice(start, end).replaceAll("_", ""));
    if (!Number.isSafeInteger(value)) throw REFUSED;
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
    if (value === undefined) throw REFUSED;
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
    if (end < 0) throw REFUSED;
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
      if (this.#next === OPEN_LIST || this.#next === OPEN_GROUP) this.#skipBracketed();
      else if (this.#next === QUOTE) this.#skipString();
      else this.#prefixed();
      while (this.#next === OPEN_BRACE) this.#skipBracketed();
      if (this.#next !== AND && this.#next !== OR) return;
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
        case QUOTE: {
          const quotes = this.#quotesAt(at);
          at = this.#stringEnd(at + quotes, quotes) + quotes - 1;
          break;
        }
        case HASH:
          at = this.#lineEnd(at);
          break;
        case OPEN_GROUP:
          if (text.charCodeAt(at + 1) === STAR) at = this.#commentEnd(at) - 1;
          else depth += 1;
          break;
        case OPEN_LIST:
        case OPEN_BRACE:
          depth += 1;
          break;
        case CLOSE_GROUP:
        case CLOSE_LIST:
        case CLOSE_BRACE:
          depth -= 1;
          if (depth > 0) break;
          this.#take(at + 1 - this.#pos);
          return;
        default:
          if (at >= text.length) throw REFUSED;
      }
    }
  }

  /** Consumes an opening bracket or a prefix operator. */
  #open(): void {
    this.#nesting += 1;
    if (this.#nesting > MAX_NESTING) throw REFUSED;
    this.#take(1);
  }

  #close(bracket: number): void {
    if (this.#next !== bracket) throw REFUSED;
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
      if (code === SPACE || code === NEWLINE || code === TAB) at += 1;
      else if (code === HASH) at = this.#lineEnd(at);
      else if (code === OPEN_GROUP && text.charCodeAt(at + 1) === STAR) at = this.#commentEnd(at);
      else if (code === RETURN && text.charCodeAt(at + 1) === NEWLINE) at += 2;
      else {
        this.#pos = at;
        this.#next = at < text.length ? code : END;
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
      if (code === STAR && text.charCodeAt(at + 1) === CLOSE_GROUP) {
        level -= 1;
        at += 2;
      } else if (code === OPEN_GROUP && text.charCodeAt(at + 1) === STAR) {
        level += 1;
        at += 2;
      } else if (code >= 0) at += 1;
      else throw REFUSED;
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
