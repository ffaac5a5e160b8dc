import type { StoreBuilder } from "./builder.js";
import type { IntBuffer } from "./int-buffer.js";
import { FILTER, FLAG, NODE } from "./layout.js";
import {
  AMPERSAND,
  BANG,
  BAR,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  CLOSE_PAREN,
  FieldTable,
  OPEN_BRACE,
  OPEN_BRACKET,
  OPEN_PAREN,
  QUESTION,
  QUOTE,
  Tokens,
} from "./tokens.js";

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

const FLAG_BITS: Readonly<Record<string, number>> = {
  "avoid-version": FLAG.avoidVersion,
  deprecated: FLAG.deprecated,
  compiler: FLAG.compiler,
  conf: FLAG.conf,
};

/**
 * Reads from opam files what resolution needs, straight into a store: a tenth of the work of a full
 * parse. The grammar of `@mirage/opam-file` is the reference: by it `checkPlan` judges what comes of this.
 */
export class Scanner extends Tokens {
  private readonly builder: StoreBuilder;
  /** Where the expression being compiled goes: the builder's formulas or its filters. */
  private out: IntBuffer;
  private scanned: Scanned = noFields();
  private readonly readers = new FieldTable<() => void>({
    depends: () => this.depends(),
    available: () => this.availability(),
    conflicts: () => this.conflicts(),
    depopts: () => this.depopts(),
    depexts: () => this.depexts(),
    flags: () => this.flags(),
    tags: () => this.tags(),
    "conflict-class": () => this.conflictClasses(),
  });

  constructor(builder: StoreBuilder) {
    super();
    this.builder = builder;
    this.out = builder.code;
  }

  /** Scans the opam file in `bytes` from `start` to `end`. @throws {ScanError} */
  scan(bytes: Buffer, start: number, end: number): Scanned {
    this.out = this.builder.code;
    this.scanned = noFields();
    this.open(bytes, start, end);
    this.items();
    return this.scanned;
  }

  protected override field(start: number, end: number): void {
    const read = this.readers.at(this.bytes, start, end);
    if (read === undefined) this.skipValue();
    else read();
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

  protected override section(start: number, end: number): void {
    if (end - start !== 3 || !this.startsWith("url", start)) {
      super.section(start, end);
      return;
    }
    this.scanned.flags |= FLAG.url;
    this.sectionItems((name, nameEnd) => this.urlField(name, nameEnd - name));
  }

  private urlField(name: number, size: number): void {
    this.peek();
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

  /** Goes to `end`, which nothing but space may separate from what was read. */
  private finish(end: number): void {
    const reached = this.at;
    this.at = end;
    if (reached === end) return;
    this.peek();
    if (this.at !== reached) {
      this.at = Math.min(reached, end);
      this.fail("the end of the value");
    }
    this.at = end;
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
