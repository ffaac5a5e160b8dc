import {
  nameColumns,
  rowColumns,
  rowField,
  type Sections,
  stampColumns,
  versionColumns,
} from "./layout.js";

/** Read access to the packages of a repository. Names, versions and rows are integers. */
export class Store {
  readonly sections: Sections;
  readonly #text: Buffer;

  constructor(sections: Sections) {
    const { text } = sections;
    this.sections = sections;
    this.#text = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  }

  /** Number of package versions. */
  get size(): number {
    return this.sections.rows.length / rowColumns;
  }

  /** Number of names, those that are only referred to included. */
  get nameCount(): number {
    return this.sections.sortedNames.length;
  }

  string(id: number): string {
    const { strings } = this.sections;
    return this.#text.toString("utf8", strings[id], strings[id + 1]);
  }

  /** The bytes of a string, a character each. */
  latin1(id: number): string {
    const { strings } = this.sections;
    return this.#text.toString("latin1", strings[id], strings[id + 1]);
  }

  /** The name with the given text, or -1. */
  findName(text: string): number {
    const { sortedNames } = this.sections;
    let low = 0;
    let high = sortedNames.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const name = sortedNames[middle] as number;
      const candidate = this.nameText(name);
      if (candidate === text) return name;
      if (candidate < text) low = middle + 1;
      else high = middle;
    }
    return -1;
  }

  nameText(name: number): string {
    return this.string(this.sections.names[name * nameColumns] as number);
  }

  firstRow(name: number): number {
    return this.sections.names[name * nameColumns + 1] as number;
  }

  /** Number of rows of a name, which follow the first, ordered by version. */
  rowCount(name: number): number {
    return this.sections.names[name * nameColumns + 2] as number;
  }

  versionText(version: number): string {
    return this.string(this.sections.versions[version * versionColumns] as number);
  }

  /** A number in the order of versions. */
  versionRank(version: number): number {
    return this.sections.versions[version * versionColumns + 1] as number;
  }

  column(row: number, column: (typeof rowField)[keyof typeof rowField]): number {
    return this.sections.rows[row * rowColumns + column] as number;
  }

  rowName(row: number): string {
    return this.nameText(this.column(row, rowField.name));
  }

  rowVersion(row: number): string {
    return this.versionText(this.column(row, rowField.version));
  }

  stamp(row: number): readonly [number, number] {
    const { stamps } = this.sections;
    return [stamps[row * stampColumns] as number, stamps[row * stampColumns + 1] as number];
  }

  /** What tells that versions of a name came or went, see `Repository`. */
  nameStamp(name: number): number {
    return this.sections.nameStamps[name] as number;
  }
}
