import { compareVersions } from "@mirage/opam-file/version";
import { ARRAY, TABLE } from "./codes.js";
import {
  nameColumns,
  rowColumns,
  rowField,
  type Sections,
  stampColumns,
  versionColumns,
} from "./layout.js";
import { ScanError, Scanner } from "./scanner.js";
import { Store } from "./store.js";

/** What a repository knows the state of a file by. */
export type Stamp = readonly [number, number];

/** An opam file that could not be read. */
export interface Unreadable {
  readonly name: string;
  readonly version: string;
  /** Byte offset. */
  readonly offset: number;
  readonly message: string;
  readonly stamp: Stamp;
}

/** Collects packages and makes a store of them. */
export class StoreBuilder {
  readonly unreadable: Unreadable[] = [];
  readonly #scanner = new Scanner();
  /** By name: what its list of versions is known by. */
  readonly #nameStamps: number[] = [];
  /** {@link stampColumns} of each package, in the order in which they came. */
  readonly #stamps: number[] = [];

  /** Starts from the tables of a store, if given, but without its packages: see {@link keep}. */
  constructor(base?: Store) {
    // A place in the code is never 0.
    if (base === undefined) this.#scanner.append(ARRAY.code, Int32Array.of(0));
    else this.#adopt(base);
  }

  /** Adds a package from its opam file. */
  add(name: string, version: string, opam: Uint8Array, stamp: Stamp): void {
    try {
      this.#scanner.add(name, version, opam);
      this.#stamps.push(stamp[0], stamp[1]);
    } catch (error) {
      if (!(error instanceof ScanError)) throw error;
      const { offset, message } = error;
      this.unreadable.push({ name, version, offset, message, stamp });
    }
  }

  /** Adds a package from a row of the store with which the builder started. */
  keep(base: Store, row: number): void {
    const columns = base.sections.rows.subarray(row * rowColumns, (row + 1) * rowColumns);
    this.#scanner.append(ARRAY.rows, columns);
    this.#stamps.push(...base.stamp(row));
  }

  /** Records what the repository knows the list of a name's versions by. */
  stampName(name: string, stamp: number): void {
    this.#nameStamps[this.#scanner.intern(TABLE.names, name)] = stamp;
  }

  /** Records the same of all names that have a stamp. */
  stampNames(stamp: number): void {
    this.#nameStamps.forEach((_, name) => {
      this.#nameStamps[name] = stamp;
    });
  }

  /** The arrays of the store. */
  build(): Sections {
    const scanner = this.#scanner;
    const nameTexts = scanner.texts(TABLE.names);
    const { versions, sortedVersions } = this.#rankedVersions();
    const collected = scanner.array(ARRAY.rows);
    const order = rowOrder(collected, versions);
    const names = new Int32Array(nameTexts.length * nameColumns);
    const rows = new Int32Array(order.length * rowColumns);
    const stamps = new Float64Array(order.length * stampColumns);
    order.forEach((from, row) => {
      const start = from * rowColumns;
      for (let i = 0; i < rowColumns; i++) {
        rows[row * rowColumns + i] = collected[start + i] as number;
      }
      for (let i = 0; i < stampColumns; i++) {
        stamps[row * stampColumns + i] = this.#stamps[from * stampColumns + i] as number;
      }
      const entry = (collected[start + rowField.name] as number) * nameColumns;
      if (names[entry + 2] === 0) names[entry + 1] = row;
      names[entry + 2] = (names[entry + 2] as number) + 1;
    });
    scanner.stringsOf(TABLE.names).forEach((string, name) => {
      names[name * nameColumns] = string;
    });
    return {
      text: scanner.text(TABLE.strings),
      strings: scanner.array(TABLE.strings),
      names,
      sortedNames: sortedBy(nameTexts, (a, b) => (a < b ? -1 : 1)),
      versions,
      sortedVersions,
      filters: scanner.array(ARRAY.filters),
      rows,
      code: scanner.array(ARRAY.code),
      filterCode: scanner.array(ARRAY.filterCode),
      stamps,
      nameStamps: Float64Array.from(nameTexts, (_, id) => this.#nameStamps[id] ?? 0),
    };
  }

  #adopt(base: Store): void {
    const scanner = this.#scanner;
    const { sections } = base;
    for (let id = 0; id + 1 < sections.strings.length; id++) {
      scanner.intern(TABLE.strings, base.latin1(id));
    }
    for (let id = 0; id < base.nameCount; id++) {
      const string = sections.names[id * nameColumns] as number;
      scanner.intern(TABLE.names, base.latin1(string));
      this.#nameStamps[id] = sections.nameStamps[id] as number;
    }
    for (let id = 0; id < sections.sortedVersions.length; id++) {
      const string = sections.versions[id * versionColumns] as number;
      scanner.intern(TABLE.versions, base.latin1(string));
    }
    scanner.append(ARRAY.filters, sections.filters);
    scanner.append(ARRAY.code, sections.code);
    scanner.append(ARRAY.filterCode, sections.filterCode);
  }

  #rankedVersions(): { versions: Int32Array; sortedVersions: Int32Array } {
    const texts = this.#scanner.texts(TABLE.versions);
    const strings = this.#scanner.stringsOf(TABLE.versions);
    const sortedVersions = sortedBy(texts, (a, b) => compareVersions(a, b) || (a < b ? -1 : 1));
    const versions = new Int32Array(texts.length * versionColumns);
    let rank = -1;
    let previous: string | undefined;
    for (const id of sortedVersions) {
      const text = texts[id] as string;
      if (previous === undefined || compareVersions(previous, text) !== 0) rank++;
      previous = text;
      versions[id * versionColumns] = strings[id] as number;
      versions[id * versionColumns + 1] = rank;
    }
    return { versions, sortedVersions };
  }
}

/** The rows by name, then by version, equal ones as they came. */
function rowOrder(rows: Int32Array, versions: Int32Array): Int32Array {
  const count = rows.length / rowColumns;
  const ranks = versions.length / versionColumns;
  // One number holds all three: doubles are exact far beyond any repository.
  const keys = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const name = rows[i * rowColumns + rowField.name] as number;
    const version = rows[i * rowColumns + rowField.version] as number;
    const rank = versions[version * versionColumns + 1] as number;
    keys[i] = (name * ranks + rank) * count + i;
  }
  keys.sort();
  return Int32Array.from(keys, (key) => key % count);
}

/** The places of texts in their order. */
function sortedBy(texts: readonly string[], compare: (a: string, b: string) => number): Int32Array {
  return Int32Array.from(texts.keys()).sort((a, b) =>
    compare(texts[a] as string, texts[b] as string),
  );
}

/** A store of a few packages, given by the texts of their opam files. */
export function storeOf(
  packages: Iterable<{ readonly name: string; readonly version: string; readonly opam: string }>,
): { store: Store; unreadable: readonly Unreadable[] } {
  const builder = new StoreBuilder();
  for (const { name, version, opam } of packages) {
    builder.add(name, version, Buffer.from(opam), [0, 0]);
  }
  return { store: new Store(builder.build()), unreadable: builder.unreadable };
}
