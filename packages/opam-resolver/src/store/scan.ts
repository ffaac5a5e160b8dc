import type { StoreBuilder } from "./builder.js";
import type { IntBuffer } from "./int-buffer.js";
import { FILTER, FLAG, NODE, RELOPS } from "./layout.js";

/** What the scanner found in one opam file: places in the builder's code, as in a row. */
export interface Scanned {
  flags: number;
  available: number;
  depends: number;
  depopts: number;
  conflicts: number;
  conflictClasses: number;
  depexts: number;
}

/** Thrown where the text is not in the opam format. */
export class ScanError extends Error {
  readonly offset: number;

  constructor(offset: number, expected: string) {
    super(`expected ${expected}`);
    this.offset = offset;
  }
}

const END = -1;
const TAB = 9;
const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const BANG = 33;
const QUOTE = 34;
const HASH = 35;
const AMPERSAND = 38;
const OPEN_PAREN = 40;
const CLOSE_PAREN = 41;
const STAR = 42;
const PLUS = 43;
const MINUS = 45;
const COLON = 58;
const LESS = 60;
const EQUAL = 61;
const GREATER = 62;
const QUESTION = 63;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const UNDERSCORE = 95;
const OPEN_BRACE = 123;
const BAR = 124;
const CLOSE_BRACE = 125;
const TILDE = 126;

const MAX_NESTING = 200;

const FLAG_BITS: Readonly<Record<string, number>> = {
  "avoid-version": FLAG.avoidVersion,
  deprecated: FLAG.deprecated,
  compiler: FLAG.compiler,
  conf: FLAG.conf,
};

/**
 * Reads from opam files what resolution needs, straight into a store: a tenth of the work of a full
 * parse. The grammar of `@mirage/opam-file` is the reference; a test holds the two equal.
 */
export class Scanner {
  private readonly builder: StoreBuilder;
  /** Where the expression being compiled goes: the builder's formulas or its filters. */
  private out: IntBuffer;
  private bytes: Buffer = Buffer.alloc(0);
  private start = 0;
  private end = 0;
  private at = 0;
  private nesting = 0;
  private scanned: Scanned = noFields();
  private readonly readers: readonly (readonly [string, () => void])[] = [
    ["depends", () => this.depends()],
    ["available", () => this.availability()],
    ["conflicts", () => this.conflicts()],
    ["depopts", () => this.depopts()],
    ["depexts", () => this.depexts()],
    ["flags", () => this.flags()],
    ["tags", () => this.tags()],
    ["conflict-class", () => this.conflictClasses()],
  ];

  constructor(builder: StoreBuilder) {
    this.builder = builder;
    this.out = builder.code;
  }

  /** Scans the opam file in `bytes` from `start` to `end`. @throws {ScanError} */
  scan(bytes: Buffer, start: number, end: number): Scanned {
    this.out = this.builder.code;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.at = start;
    this.nesting = 0;
    this.scanned = noFields();
    for (;;) {
      const code = this.peek();
      if (code === END) return this.scanned;
      if (!isIdentifier(code)) this.fail("a field");
      const nameStart = this.at;
      this.skipFieldName();
      const nameEnd = this.at;
      const next = this.peek();
      if (next === COLON) {
        this.at++;
        this.field(nameStart, nameEnd);
      } else if (next === OPEN_BRACE || next === QUOTE) {
        this.section(nameStart, nameEnd);
      } else {
        this.fail("a colon");
      }
    }
  }

  private field(start: number, end: number): void {
    const read = this.reader(start, end - start);
    if (read === undefined) this.skipValue();
    else read();
  }

  /** What to do with a field; undefined if it is of no interest. */
  private reader(start: number, size: number): (() => void) | undefined {
    for (const [name, read] of this.readers) {
      if (name.length === size && this.startsWith(name, start)) return read;
    }
    return undefined;
  }

  /** Compiles a value unless the same text was met before. */
  private memoised(kind: string, compile: () => void): number {
    this.peek();
    const start = this.at;
    this.skipValue();
    const end = this.at;
    const key = this.text(start, end);
    const known = this.builder.compiled(kind, key);
    if (known !== undefined) return known;
    this.at = start;
    const place = this.builder.code.length;
    compile();
    this.finish(end);
    this.builder.remember(kind, key, place);
    return place;
  }

  private depends(): void {
    this.scanned.depends = this.memoised("&", () => this.packages(NODE.and));
  }

  private depopts(): void {
    this.scanned.depopts = this.memoised("|", () => this.packages(NODE.or));
  }

  private conflicts(): void {
    this.scanned.conflicts = this.memoised("|", () => this.packages(NODE.or));
  }

  private conflictClasses(): void {
    this.scanned.conflictClasses = this.memoised("c", () => this.names());
  }

  private depexts(): void {
    this.scanned.depexts = this.memoised("$", () => this.systemPackages());
  }

  private availability(): void {
    this.scanned.available = this.available();
  }

  // Package formulas. The items of a list are joined by `join`.

  private packages(join: number): void {
    const place = this.out.length;
    let count = 0;
    if (this.peek() === OPEN_BRACKET) {
      this.enter();
      for (; this.peek() !== CLOSE_BRACKET; count++) this.packageOr(join);
      this.leave();
    } else {
      this.packageOr(join);
      count = 1;
    }
    this.joined(place, join, count);
  }

  private packageOr(join: number): void {
    const place = this.out.length;
    let count = 1;
    this.packageAnd(join);
    for (; this.operator(BAR); count++) this.packageAnd(join);
    this.joined(place, NODE.or, count);
  }

  private packageAnd(join: number): void {
    const place = this.out.length;
    let count = 1;
    this.packageOperand(join);
    for (; this.operator(AMPERSAND); count++) this.packageOperand(join);
    this.joined(place, NODE.and, count);
  }

  private packageOperand(join: number): void {
    if (this.peek() !== OPEN_PAREN) {
      this.packageAtom();
      return;
    }
    const place = this.out.length;
    let count = 0;
    this.enter();
    for (; this.peek() !== CLOSE_PAREN; count++) this.packageOr(join);
    this.leave();
    this.joined(place, join, count);
  }

  /** A name with its conditions. The same ones occur in many formulas: what they compile to is copied. */
  private packageAtom(): void {
    const { out } = this;
    if (this.peek() !== QUOTE) this.fail("a package name");
    const start = this.at;
    this.skipString();
    let end = this.at;
    while (this.peek() === OPEN_BRACE) {
      this.skipBrackets();
      end = this.at;
    }
    const key = this.text(start, end);
    const known = this.builder.compiled('"', key);
    if (known !== undefined) {
      this.at = end;
      this.builder.copyAtom(known, out);
      return;
    }
    this.at = start;
    const place = out.length;
    out.push(NODE.package);
    out.push(this.builder.name(this.string()));
    let count = 0;
    while (this.peek() === OPEN_BRACE) {
      this.enter();
      for (; this.peek() !== CLOSE_BRACE; count++) this.conditionOr(false);
      this.leave();
    }
    this.joined(place + 2, NODE.and, count);
    this.finish(end);
    this.builder.remember('"', key, this.builder.keepAtom(out, place));
  }

  /** Makes one node of the `count` written from `place` on. */
  private joined(place: number, node: number, count: number): void {
    if (count === 0) this.out.push(NODE.empty);
    else if (count > 1) this.out.insert(place, node | (count << 8));
  }

  private operator(code: number): boolean {
    if (this.peek() !== code) return false;
    this.at++;
    return true;
  }

  // Conditions. Negation is pushed down to the atoms.

  private conditionOr(negated: boolean): void {
    const place = this.out.length;
    let count = 1;
    this.conditionAnd(negated);
    for (; this.operator(BAR); count++) this.conditionAnd(negated);
    this.joined(place, negated ? NODE.and : NODE.or, count);
  }

  private conditionAnd(negated: boolean): void {
    const place = this.out.length;
    let count = 1;
    this.condition(negated);
    for (; this.operator(AMPERSAND); count++) this.condition(negated);
    this.joined(place, negated ? NODE.or : NODE.and, count);
  }

  private condition(negated: boolean): void {
    const { out } = this;
    const next = this.peek();
    if (next === OPEN_PAREN) {
      const place = out.length;
      let count = 0;
      this.enter();
      for (; this.peek() !== CLOSE_PAREN; count++) this.conditionOr(negated);
      this.leave();
      this.joined(place, negated ? NODE.or : NODE.and, count);
    } else if (this.atRelop()) {
      const relop = this.relop();
      out.push(NODE.constraint | ((negated ? relop ^ 1 : relop) << 8));
      out.push(this.versionOperand());
    } else if (next === BANG) {
      this.at++;
      this.condition(!negated);
    } else {
      out.push(NODE.filter);
      out.push(this.filterOperand(negated));
    }
  }

  private versionOperand(): number {
    if (this.peek() === QUOTE) {
      const start = this.at;
      const version = this.string();
      if (!version.includes("%")) return this.builder.version(version);
      this.at = start;
    }
    return -1 - this.filterOperand(false);
  }

  // Filters

  /** A single operand of a condition, perhaps a comparison: never `&` or `|`. */
  private filterOperand(negated: boolean): number {
    const start = this.at;
    this.skipFilterOperand();
    return this.filter(start, this.at, negated, () => this.filterComparison());
  }

  private available(): number {
    const bracketed = this.peek() === OPEN_BRACKET;
    const start = this.at;
    this.skipValue();
    const end = this.at;
    if (!bracketed) return this.filter(start, end, false, () => this.filterOr());
    this.at = start + 1;
    if (this.peek() === CLOSE_BRACKET) {
      this.at = end;
      return -1;
    }
    return this.filter(start, end, false, () => this.bracketedFilter());
  }

  private bracketedFilter(): void {
    this.enter();
    this.filterOr();
    this.leave();
  }

  /** The filter written in the given range, compiled where its text is new. Moves to its end. */
  private filter(start: number, end: number, negated: boolean, compile: () => void): number {
    const key = this.text(start, end);
    const kind = negated ? "!" : "?";
    const known = this.builder.compiled(kind, key);
    if (known !== undefined) {
      this.at = end;
      return known;
    }
    const { out } = this;
    this.out = this.builder.filterCode;
    const filter = this.builder.newFilter();
    this.at = start;
    if (negated) this.out.push(FILTER.not);
    compile();
    this.finish(end);
    this.out = out;
    this.builder.remember(kind, key, filter);
    return filter;
  }

  private filterOr(): void {
    const place = this.out.length;
    let count = 1;
    this.filterAnd();
    for (; this.operator(BAR); count++) this.filterAnd();
    if (count > 1) this.out.insert(place, FILTER.or | (count << 8));
  }

  private filterAnd(): void {
    const place = this.out.length;
    let count = 1;
    this.filterComparison();
    for (; this.operator(AMPERSAND); count++) this.filterComparison();
    if (count > 1) this.out.insert(place, FILTER.and | (count << 8));
  }

  private filterComparison(): void {
    const { out } = this;
    const next = this.peek();
    if (next === BANG || next === QUESTION) {
      this.at++;
      out.push(next === BANG ? FILTER.not : FILTER.defined);
      this.filterComparison();
      return;
    }
    if (next === OPEN_PAREN) {
      this.bracketedFilter();
      return;
    }
    const place = out.length;
    this.filterAtom();
    let end = this.at;
    this.peek();
    if (this.atRelop()) {
      out.insert(place, FILTER.relop | (this.relop() << 8));
      this.filterAtom();
      end = this.at;
    }
    this.at = end;
  }

  private filterAtom(): void {
    const { out } = this;
    if (this.peek() === QUOTE) {
      out.push(FILTER.string);
      out.push(this.builder.string(this.string()));
      return;
    }
    const word = this.word();
    if (word === "true") {
      out.push(FILTER.true);
    } else if (word === "false") {
      out.push(FILTER.false);
    } else {
      out.push(/^-?[0-9]+$/.test(word) ? FILTER.string : FILTER.variable);
      out.push(this.builder.string(word));
    }
  }

  private skipFilterOperand(): void {
    let next = this.peek();
    while (next === BANG || next === QUESTION) {
      this.at++;
      next = this.peek();
    }
    this.skipOperand();
    const end = this.at;
    this.peek();
    if (this.atRelop()) {
      this.relop();
      this.skipOperand();
    } else {
      this.at = end;
    }
  }

  // Other fields

  private flags(): void {
    this.eachItem(() => {
      const bit = FLAG_BITS[this.word()];
      if (bit !== undefined) this.scanned.flags |= bit;
    });
  }

  /** Old files write flags as tags: `"flags:compiler"`. */
  private tags(): void {
    this.eachItem(() => {
      if (this.peek() !== QUOTE) this.fail("a string");
      // Compared before it is read: tags are many, such tags are few.
      if (!this.startsWith('"flags:', this.at)) {
        this.skipString();
        return;
      }
      const bit = FLAG_BITS[this.string().slice("flags:".length)];
      if (bit !== undefined) this.scanned.flags |= bit;
    });
  }

  /** Writes the number of names, then the names. */
  private names(): void {
    const place = this.out.length;
    let count = 0;
    this.out.push(0);
    this.eachItem(() => {
      this.out.push(this.builder.name(this.string()));
      count++;
    });
    this.out.array[place] = count;
  }

  /** Writes the number of entries, then each as a filter (-1: always), a number of strings, the strings. */
  private systemPackages(): void {
    const place = this.out.length;
    this.out.push(0);
    let count = 0;
    const start = this.at;
    if (this.peek() === OPEN_BRACKET) {
      this.enter();
      if (this.peek() !== QUOTE) {
        for (; this.peek() !== CLOSE_BRACKET; count++) this.depext();
        this.leave();
        this.out.array[place] = count;
        return;
      }
      this.nesting--;
      this.at = start;
    }
    this.depext();
    this.out.array[place] = 1;
  }

  private depext(): void {
    const { out } = this;
    const place = out.length;
    out.push(-1);
    out.push(0);
    let count = 0;
    this.eachItem(() => {
      // Anything but a string is the form of opam 1.2, `[["debian"] ["libfoo"]]`, of no use today.
      if (this.peek() === QUOTE) {
        out.push(this.builder.string(this.string()));
        count++;
      } else {
        this.skipValue();
      }
    });
    out.array[place + 1] = count;
    let end = this.at;
    while (this.peek() === OPEN_BRACE) {
      const start = this.at;
      this.skipBrackets();
      end = this.at;
      out.array[place] = this.filter(start, end, false, () => this.bracketedFilter());
    }
    this.at = end;
  }

  private eachItem(item: () => void): void {
    if (this.peek() !== OPEN_BRACKET) {
      item();
      return;
    }
    this.enter();
    while (this.peek() !== CLOSE_BRACKET) item();
    this.leave();
  }

  private section(start: number, end: number): void {
    const isUrl = end - start === 3 && this.startsWith("url", start);
    if (this.peek() === QUOTE) this.skipString();
    if (this.peek() !== OPEN_BRACE) this.fail("an opening brace");
    this.enter();
    if (isUrl) this.scanned.flags |= FLAG.url;
    while (this.peek() !== CLOSE_BRACE) {
      const name = this.at;
      this.skipFieldName();
      const nameEnd = this.at;
      const next = this.peek();
      if (next === OPEN_BRACE || next === QUOTE) {
        this.section(name, name);
        continue;
      }
      if (next !== COLON) this.fail("a colon");
      this.at++;
      this.peek();
      if (isUrl) this.urlField(name, nameEnd - name);
      else this.skipValue();
    }
    this.leave();
  }

  private urlField(name: number, size: number): void {
    if (size === 8 && this.startsWith("checksum", name)) {
      this.eachItem(() => {
        this.scanned.flags |= FLAG.checksum;
        this.skipString();
      });
      return;
    }
    const isSource =
      (size === 3 && this.startsWith("src", name)) ||
      (size === 4 && this.startsWith("http", name)) ||
      (size === 7 && this.startsWith("archive", name));
    if (isSource && /^"{1,3}(?:https?|ftp):/.test(this.text(this.at, this.at + 12))) {
      this.scanned.flags |= FLAG.http;
    }
    this.skipValue();
  }

  // Tokens

  /** The text of a range, a character for each byte. */
  private text(start: number, end: number): string {
    return this.bytes.toString("latin1", start, Math.min(end, this.end));
  }

  private startsWith(text: string, at: number): boolean {
    const { bytes } = this;
    if (at + text.length > this.end) return false;
    for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  private byte(at: number): number {
    return at < this.end ? (this.bytes[at] as number) : END;
  }

  /** The next character that isn't space or comment, {@link END} after the last. */
  private peek(): number {
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

  private skipComment(): void {
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

  private skipFieldName(): void {
    const { bytes, end } = this;
    const start = this.at;
    let at = start;
    while (at < end && isIdentifier(bytes[at] as number)) at++;
    this.at = at;
    if (at === start) this.fail("a field");
  }

  /** An identifier, a number or a boolean. */
  private word(): string {
    this.peek();
    const start = this.at;
    this.skipWord();
    return this.text(start, this.at);
  }

  private skipWord(): void {
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

  private string(): string {
    if (this.peek() !== QUOTE) this.fail("a string");
    const start = this.at;
    this.skipString();
    const quotes = this.startsWith('"""', start) ? 3 : 1;
    const raw = this.text(start + quotes, this.at - quotes);
    return raw.includes("\\") ? withoutEscapes(raw) : raw;
  }

  /** Skips the string that starts here. */
  private skipString(): void {
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
  private skipLongString(): void {
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

  private atRelop(): boolean {
    const code = this.byte(this.at);
    return isRelop(code) || (code === BANG && this.byte(this.at + 1) === EQUAL);
  }

  private relop(): number {
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

  private skipOperand(): void {
    const next = this.peek();
    if (next === QUOTE) this.skipString();
    else if (next === OPEN_BRACKET || next === OPEN_PAREN || next === OPEN_BRACE) {
      this.skipBrackets();
    } else this.skipWord();
  }

  /** Skips a value, up to its last character: operands, what follows in braces, and operators. */
  private skipValue(): void {
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
  private skipBrackets(): void {
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

  private enter(): void {
    this.at++;
    if (++this.nesting > MAX_NESTING) this.fail("fewer nested brackets");
  }

  private leave(): void {
    const code = this.peek();
    if (code !== CLOSE_BRACE && code !== CLOSE_BRACKET && code !== CLOSE_PAREN) {
      this.fail("a closing bracket");
    }
    this.at++;
    this.nesting--;
  }

  /** Goes to `end`, which nothing but space may separate from what was read. */
  private finish(end: number): void {
    const reached = this.at;
    this.at = end;
    if (reached === end) return;
    this.peek();
    if (this.at !== reached) this.fail("the end of the value");
    this.at = end;
  }

  private fail(expected: string): never {
    throw new ScanError(this.at - this.start, expected);
  }
}

function noFields(): Scanned {
  return {
    flags: 0,
    available: -1,
    depends: 0,
    depopts: 0,
    conflicts: 0,
    conflictClasses: 0,
    depexts: 0,
  };
}

/** Characters of names and words, but for `:` and `+`. */
function isIdentifier(code: number): boolean {
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
