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
import { ScanError, type Scanned, Scanner } from "./scan.js";
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

interface Row extends Scanned {
  readonly name: number;
  readonly version: number;
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
  private readonly atoms: Int32Array[] = [];
  private readonly filterPlaces: number[] = [];
  private readonly memo = new Map<string, Map<string, number>>();
  private readonly rows: Row[] = [];
  private readonly scanner: Scanner;

  /** Starts from the tables of a store, if given, but without its packages: see {@link keep}. */
  constructor(base?: Store) {
    if (base === undefined) this.code.push(0);
    else this.adopt(base);
    this.scanner = new Scanner(this);
  }

  /** Adds a package from its opam file. */
  add(name: string, version: string, opam: Buffer, stamp: Stamp): void {
    try {
      const scanned = this.scanner.scan(opam, 0, opam.length);
      this.rows.push({ ...scanned, name: this.name(name), version: this.version(version), stamp });
    } catch (error) {
      if (!(error instanceof ScanError)) throw error;
      this.unreadable.push({ name, version, offset: error.offset, message: error.message, stamp });
    }
  }

  /** Adds a package from a row of the store with which the builder started. */
  keep(base: Store, row: number): void {
    this.rows.push({
      name: base.column(row, ROW.name),
      version: base.column(row, ROW.version),
      flags: base.column(row, ROW.flags),
      available: base.column(row, ROW.available),
      depends: base.column(row, ROW.depends),
      depopts: base.column(row, ROW.depopts),
      conflicts: base.column(row, ROW.conflicts),
      conflictClasses: base.column(row, ROW.conflictClasses),
      depexts: base.column(row, ROW.depexts),
      stamp: base.stamp(row),
    });
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
    this.atoms.push(out.array.slice(place, out.length));
    return this.atoms.length - 1;
  }

  copyAtom(atom: number, out: IntBuffer): void {
    out.append(this.atoms[atom] as Int32Array);
  }

  /** A filter that starts at the end of {@link filterCode}. */
  newFilter(): number {
    this.filterPlaces.push(this.filterCode.length);
    return this.filterPlaces.length - 1;
  }

  /** The arrays of the store. */
  build(): Sections {
    const { versions, sortedVersions } = this.rankedVersions();
    const rows = this.sortedRows(versions);
    const names = new Int32Array(this.nameIds.size * NAME_COLUMNS);
    const table = new Int32Array(rows.length * ROW_COLUMNS);
    const stamps = new Float64Array(rows.length * STAMP_COLUMNS);
    rows.forEach((row, index) => {
      for (const [column, at] of COLUMNS) table[index * ROW_COLUMNS + at] = row[column];
      stamps.set(row.stamp, index * STAMP_COLUMNS);
      const entry = row.name * NAME_COLUMNS;
      if (names[entry + 2] === 0) names[entry + 1] = index;
      names[entry + 2] = (names[entry + 2] as number) + 1;
    });
    for (const [text, id] of this.nameIds) names[id * NAME_COLUMNS] = this.string(text);
    const sortedNames = [...this.nameIds].sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      names,
      sortedNames: Int32Array.from(sortedNames, ([, id]) => id),
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

  private sortedRows(versions: Int32Array): Row[] {
    const rank = (row: Row): number => versions[row.version * VERSION_COLUMNS + 1] as number;
    return this.rows.sort((a, b) => a.name - b.name || rank(a) - rank(b));
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

const COLUMNS = Object.entries(ROW) as [keyof typeof ROW, number][];

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
