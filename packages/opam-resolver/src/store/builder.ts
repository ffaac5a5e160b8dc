import { compareVersions } from "@mirage/opam-file";
import { IntBuffer } from "./int-buffer.js";
import {
  NAME_COLUMNS,
  ROW_COLUMNS,
  type Sections,
  STAMP_COLUMNS,
  VERSION_COLUMNS,
} from "./layout.js";
import { ScanError, Scanner } from "./scan.js";

/** An opam file that could not be read. */
export interface Unreadable {
  readonly name: string;
  readonly version: string;
  /** Byte offset. */
  readonly offset: number;
  readonly message: string;
}

interface Row {
  readonly name: number;
  readonly version: number;
  readonly flags: number;
  readonly available: number;
  readonly depends: number;
  readonly depopts: number;
  readonly conflicts: number;
  readonly conflictClasses: number;
  readonly depexts: number;
  readonly stamp: readonly [number, number];
}

/** Collects packages and makes a store of them. */
export class StoreBuilder {
  readonly code = new IntBuffer(1 << 16);
  readonly filterCode = new IntBuffer(1 << 12);
  readonly unreadable: Unreadable[] = [];

  private readonly stringIds = new Map<string, number>();
  private readonly nameIds = new Map<string, number>();
  private readonly versionIds = new Map<string, number>();
  private readonly filterPlaces: number[] = [];
  private readonly memo = new Map<string, Map<string, number>>();
  private readonly rows: Row[] = [];
  private readonly scanner: Scanner;

  constructor() {
    this.code.push(0);
    this.scanner = new Scanner(this);
  }

  /**
   * Adds a package from the text of its opam file (Latin-1: one character a byte). `stamp` is what its
   * repository knows the file's state by.
   */
  add(name: string, version: string, text: string, stamp: readonly [number, number]): void {
    try {
      const scanned = this.scanner.scan(text);
      this.rows.push({
        name: this.name(name),
        version: this.version(version),
        ...scanned,
        stamp,
      });
    } catch (error) {
      if (!(error instanceof ScanError)) throw error;
      this.unreadable.push({ name, version, offset: error.offset, message: error.message });
    }
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
    memo.set(flat(text), place);
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
      table.set(
        [
          row.name,
          row.version,
          row.flags,
          row.available,
          row.depends,
          row.depopts,
          row.conflicts,
          row.conflictClasses,
          row.depexts,
        ],
        index * ROW_COLUMNS,
      );
      stamps.set(row.stamp, index * STAMP_COLUMNS);
      const entry = row.name * NAME_COLUMNS;
      if (names[entry + 2] === 0) names[entry + 1] = index;
      names[entry + 2] = (names[entry + 2] as number) + 1;
    });
    const sortedNames = Int32Array.from(
      [...this.nameIds].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, id]) => id),
    );
    for (const [text, id] of this.nameIds) names[id * NAME_COLUMNS] = this.string(text);
    return {
      names,
      sortedNames,
      versions,
      sortedVersions,
      filters: Int32Array.from(this.filterPlaces),
      rows: table,
      code: this.code.view(),
      filterCode: this.filterCode.view(),
      stamps,
      ...this.stringTable(),
    };
  }

  private rankedVersions(): { versions: Int32Array; sortedVersions: Int32Array } {
    const sorted = [...this.versionIds].sort(([a], [b]) => compareVersions(a, b));
    const table = new Int32Array(sorted.length * VERSION_COLUMNS);
    let rank = -1;
    let previous: string | undefined;
    for (const [text, id] of sorted) {
      if (previous === undefined || compareVersions(previous, text) !== 0) rank++;
      previous = text;
      table[id * VERSION_COLUMNS] = this.string(text);
      table[id * VERSION_COLUMNS + 1] = rank;
    }
    return { versions: table, sortedVersions: Int32Array.from(sorted, ([, id]) => id) };
  }

  private sortedRows(versions: Int32Array): Row[] {
    const rank = (row: Row): number => versions[row.version * VERSION_COLUMNS + 1] as number;
    return this.rows.sort((a, b) => a.name - b.name || rank(a) - rank(b));
  }

  private stringTable(): { text: Uint8Array; strings: Int32Array } {
    const strings = new Int32Array(this.stringIds.size + 1);
    const all = [...this.stringIds.keys()].join("");
    let end = 0;
    let index = 0;
    for (const text of this.stringIds.keys()) {
      strings[index++] = end;
      end += text.length;
    }
    strings[index] = end;
    return { text: Buffer.from(all, "latin1"), strings };
  }
}

function intern(ids: Map<string, number>, text: string): number {
  const known = ids.get(text);
  if (known !== undefined) return known;
  const id = ids.size;
  ids.set(flat(text), id);
  return id;
}

/** A copy that doesn't keep the text it was cut from in memory. */
function flat(text: string): string {
  return Buffer.from(text, "latin1").latin1Slice();
}
