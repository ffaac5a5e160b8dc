import { compareVersions } from "@mirage/opam-file/version";
import { IntBuffer } from "./int-buffer.js";
import {
  NAME_COLUMNS,
  ROW,
  ROW_COLUMNS,
  type Sections,
  STAMP_COLUMNS,
  VERSION_COLUMNS,
} from "./layout.js";
import { type Origins, originOf } from "./reduce.js";
import { Scanner } from "./scan.js";
import { Store } from "./store.js";
import { ScanError } from "./tokens.js";

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
  readonly code = new IntBuffer(1 << 16);
  readonly filterCode = new IntBuffer(1 << 12);
  readonly unreadable: Unreadable[] = [];

  private readonly stringIds = new Map<string, number>();
  private readonly nameIds = new Map<string, number>();
  private readonly versionIds = new Map<string, number>();
  private readonly nameStamps: number[] = [];
  /** What was set aside for {@link copyAtom}, and where each part of it starts. */
  private readonly atomCode = new IntBuffer(1 << 14);
  private readonly atomStarts = new IntBuffer(1 << 12);
  private readonly filterPlaces: number[] = [];
  private readonly memo = new Map<string, Map<string, number>>();
  /** {@link ROW_COLUMNS} and {@link STAMP_COLUMNS} of each package, in the order in which they came. */
  private readonly rows = new IntBuffer(1 << 14);
  private readonly stamps: number[] = [];
  private readonly scanner: Scanner;

  /** Starts from the tables of a store, if given, but without its packages: see {@link keep}. */
  constructor(base?: Store) {
    if (base === undefined) this.code.push(0);
    else this.adopt(base);
    this.scanner = new Scanner(this);
  }

  /** Adds a package from its opam file; `origins` tells what a reduced one was made of. */
  add(name: string, version: string, opam: Buffer, stamp: Stamp, origins?: Origins): void {
    try {
      const { flags, available, depends, depopts, conflicts, conflictClasses, depexts } =
        this.scanner.scan(opam, 0, opam.length);
      const { rows } = this;
      // In the order of ROW.
      rows.push(this.name(name));
      rows.push(this.version(version));
      rows.push(flags);
      rows.push(available);
      rows.push(depends);
      rows.push(depopts);
      rows.push(conflicts);
      rows.push(conflictClasses);
      rows.push(depexts);
      this.stamps.push(stamp[0], stamp[1]);
    } catch (error) {
      if (!(error instanceof ScanError)) throw error;
      const { message } = error;
      const offset = origins === undefined ? error.offset : originOf(error.offset, origins);
      this.unreadable.push({ name, version, offset, message, stamp });
    }
  }

  /** Adds a package from a row of the store with which the builder started. */
  keep(base: Store, row: number): void {
    const { rows } = base.sections;
    this.rows.append(rows.subarray(row * ROW_COLUMNS, (row + 1) * ROW_COLUMNS));
    this.stamps.push(...base.stamp(row));
  }

  /** Records what the repository knows the list of a name's versions by. */
  stampName(name: string, stamp: number): void {
    this.nameStamps[this.name(name)] = stamp;
  }

  string(text: string): number {
    return intern(this.stringIds, text);
  }

  name(text: string): number {
    return intern(this.nameIds, text);
  }

  version(text: string): number {
    return intern(this.versionIds, text);
  }

  /** What {@link remember} was told of the same text. */
  compiled(kind: string, text: string): number | undefined {
    return this.memo.get(kind)?.get(text);
  }

  remember(kind: string, text: string, place: number): void {
    let memo = this.memo.get(kind);
    if (memo === undefined) {
      memo = new Map();
      this.memo.set(kind, memo);
    }
    memo.set(text, place);
  }

  /** Sets aside what was written from `place` on, for {@link copyAtom}. */
  keepAtom(out: IntBuffer, place: number): number {
    const atom = this.atomStarts.length;
    this.atomStarts.push(this.atomCode.length);
    for (let i = place; i < out.length; i++) this.atomCode.push(out.array[i] as number);
    return atom;
  }

  copyAtom(atom: number, out: IntBuffer): void {
    const { array, length } = this.atomCode;
    const start = this.atomStarts.array[atom] as number;
    const isLast = atom + 1 === this.atomStarts.length;
    const end = isLast ? length : (this.atomStarts.array[atom + 1] as number);
    for (let i = start; i < end; i++) out.push(array[i] as number);
  }

  /** A filter that starts at the end of {@link filterCode}. */
  newFilter(): number {
    this.filterPlaces.push(this.filterCode.length);
    return this.filterPlaces.length - 1;
  }

  /** The arrays of the store. */
  build(): Sections {
    const { versions, sortedVersions } = this.rankedVersions();
    const order = this.rowOrder(versions);
    const names = new Int32Array(this.nameIds.size * NAME_COLUMNS);
    const table = new Int32Array(order.length * ROW_COLUMNS);
    const stamps = new Float64Array(order.length * STAMP_COLUMNS);
    const rows = this.rows.view();
    order.forEach((from, row) => {
      const start = from * ROW_COLUMNS;
      for (let i = 0; i < ROW_COLUMNS; i++)
        table[row * ROW_COLUMNS + i] = rows[start + i] as number;
      for (let i = 0; i < STAMP_COLUMNS; i++) {
        stamps[row * STAMP_COLUMNS + i] = this.stamps[from * STAMP_COLUMNS + i] as number;
      }
      const entry = (rows[start + ROW.name] as number) * NAME_COLUMNS;
      if (names[entry + 2] === 0) names[entry + 1] = row;
      names[entry + 2] = (names[entry + 2] as number) + 1;
    });
    for (const [text, id] of this.nameIds) names[id * NAME_COLUMNS] = this.string(text);
    const sortedNames = [...this.nameIds.keys()].sort();
    return {
      names,
      sortedNames: Int32Array.from(sortedNames, (text) => this.name(text)),
      versions,
      sortedVersions,
      filters: Int32Array.from(this.filterPlaces),
      rows: table,
      code: this.code.view(),
      filterCode: this.filterCode.view(),
      stamps,
      nameStamps: Float64Array.from(
        { length: this.nameIds.size },
        (_, id) => this.nameStamps[id] ?? 0,
      ),
      ...this.stringTable(),
    };
  }

  private adopt(base: Store): void {
    const { sections } = base;
    for (let id = 0; id + 1 < sections.strings.length; id++) this.string(base.latin1(id));
    for (let id = 0; id < base.nameCount; id++) {
      this.name(base.latin1(sections.names[id * NAME_COLUMNS] as number));
      this.nameStamps[id] = sections.nameStamps[id] as number;
    }
    for (let id = 0; id < sections.sortedVersions.length; id++) {
      this.version(base.latin1(sections.versions[id * VERSION_COLUMNS] as number));
    }
    this.filterPlaces.push(...sections.filters);
    this.code.append(sections.code);
    this.filterCode.append(sections.filterCode);
  }

  private rankedVersions(): { versions: Int32Array; sortedVersions: Int32Array } {
    const sorted = [...this.versionIds].sort(([a], [b]) => compareVersions(a, b));
    const versions = new Int32Array(sorted.length * VERSION_COLUMNS);
    let rank = -1;
    let previous: string | undefined;
    for (const [text, id] of sorted) {
      if (previous === undefined || compareVersions(previous, text) !== 0) rank++;
      previous = text;
      versions[id * VERSION_COLUMNS] = this.string(text);
      versions[id * VERSION_COLUMNS + 1] = rank;
    }
    return { versions, sortedVersions: Int32Array.from(sorted, ([, id]) => id) };
  }

  /** The rows by name, then by version, equal ones as they came. */
  private rowOrder(versions: Int32Array): Int32Array {
    const rows = this.rows.view();
    const count = rows.length / ROW_COLUMNS;
    const ranks = versions.length / VERSION_COLUMNS;
    // One number holds all three: doubles are exact far beyond any repository.
    const keys = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      const name = rows[i * ROW_COLUMNS + ROW.name] as number;
      const version = rows[i * ROW_COLUMNS + ROW.version] as number;
      const rank = versions[version * VERSION_COLUMNS + 1] as number;
      keys[i] = (name * ranks + rank) * count + i;
    }
    keys.sort();
    return Int32Array.from(keys, (key) => key % count);
  }

  private stringTable(): { text: Uint8Array; strings: Int32Array } {
    const strings = new Int32Array(this.stringIds.size + 1);
    let end = 0;
    let index = 0;
    for (const text of this.stringIds.keys()) {
      strings[index++] = end;
      end += text.length;
    }
    strings[index] = end;
    return { text: Buffer.from([...this.stringIds.keys()].join(""), "latin1"), strings };
  }
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

function intern(ids: Map<string, number>, text: string): number {
  const known = ids.get(text);
  if (known !== undefined) return known;
  const id = ids.size;
  ids.set(text, id);
  return id;
}
