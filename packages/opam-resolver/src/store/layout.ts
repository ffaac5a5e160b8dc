/**
 * The layout of a store: what the resolver needs to know of a repository's packages, as flat arrays of
 * integers over a table of strings. The same form serves in memory and on disk.
 */

/** Raised whenever the meaning of the arrays changes; files of another format are rebuilt. */
export const formatVersion = 2;

/** The arrays of a store, in the order in which a file holds them. */
export const sectionNames = [
  /** Bytes: the strings, one after the other. */
  "text",
  /** By string: where it starts in `text`; one more entry for the end. */
  "strings",
  /** By name: {@link nameColumns}. */
  "names",
  /** Names in the order of their strings. */
  "sortedNames",
  /** By version text: {@link versionColumns}. */
  "versions",
  /** Version texts in the order of versions. */
  "sortedVersions",
  /** By filter: where it starts in `filterCode`. */
  "filters",
  /** By package version, in the order of names and versions: {@link rowColumns}. */
  "rows",
  /** Formulas in prefix form, see `NODE`. */
  "code",
  /** Filters in prefix form, see `FILTER`. */
  "filterCode",
  /** By package version: {@link stampColumns}, as doubles. */
  "stamps",
  /** By name: what tells that versions came or went, as a double; 0 where that isn't known. */
  "nameStamps",
] as const;

export type SectionName = (typeof sectionNames)[number];

type Doubles = "stamps" | "nameStamps";

export type Sections = {
  readonly [name in Exclude<SectionName, "text" | Doubles>]: Int32Array;
} & { readonly [name in Doubles]: Float64Array } & { readonly text: Uint8Array };

/** Columns of `names`: the string, the first row, the number of rows. */
export const nameColumns = 3;

/** Columns of `versions`: the string, the rank (equal for equal versions). */
export const versionColumns = 2;

/** Columns of `rows`. Places in `code` are 0 where the field is absent. */
export const rowField = {
  name: 0,
  version: 1,
  flags: 2,
  /** A filter, or -1: always. */
  available: 3,
  depends: 4,
  depopts: 5,
  conflicts: 6,
  conflictClasses: 7,
  depexts: 8,
} as const;
export const rowColumns = 9;

/** Columns of `stamps`: what tells that a file changed; see `Repository`. */
export const stampColumns = 2;

/** Operators of comparisons, by `RELOP`. */
export const relops = ["=", "!=", "<", ">=", "<=", ">"] as const;
