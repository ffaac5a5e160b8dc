/**
 * The layout of a store: what the resolver needs to know of a repository's packages, as flat arrays of
 * integers over a table of strings. The same form serves in memory and on disk.
 */

/** Raised whenever the meaning of the arrays changes; files of another format are rebuilt. */
export const FORMAT = 1;

/** The arrays of a store, in the order in which a file holds them. */
export const SECTIONS = [
  /** Bytes: the strings, one after the other. */
  "text",
  /** By string: where it starts in `text`; one more entry for the end. */
  "strings",
  /** By name: {@link NAME_COLUMNS}. */
  "names",
  /** Names in the order of their strings. */
  "sortedNames",
  /** By version text: {@link VERSION_COLUMNS}. */
  "versions",
  /** Version texts in the order of versions. */
  "sortedVersions",
  /** By filter: where it starts in `filterCode`. */
  "filters",
  /** By package version, in the order of names and versions: {@link ROW_COLUMNS}. */
  "rows",
  /** Formulas in prefix form, see {@link NODE}. */
  "code",
  /** Filters in prefix form, see {@link FILTER}. */
  "filterCode",
  /** By package version: {@link STAMP_COLUMNS}, as doubles. */
  "stamps",
  /** By name: what tells that versions came or went, as a double; 0 where that isn't known. */
  "nameStamps",
] as const;

export type SectionName = (typeof SECTIONS)[number];

type Doubles = "stamps" | "nameStamps";

export type Sections = {
  readonly [name in Exclude<SectionName, "text" | Doubles>]: Int32Array;
} & { readonly [name in Doubles]: Float64Array } & { readonly text: Uint8Array };

/** Columns of `names`: the string, the first row, the number of rows. */
export const NAME_COLUMNS = 3;

/** Columns of `versions`: the string, the rank (equal for equal versions). */
export const VERSION_COLUMNS = 2;

/** Columns of `rows`. Places in `code` are 0 where the field is absent. */
export const ROW = {
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
export const ROW_COLUMNS = 9;

/** Columns of `stamps`: what tells that a file changed; see `Repository`. */
export const STAMP_COLUMNS = 2;

/** Bits of the flags of a row. */
export const FLAG = {
  avoidVersion: 1,
  deprecated: 2,
  compiler: 4,
  conf: 8,
  /** There is a `url` section. */
  url: 16,
  /** Its source is fetched by HTTP. */
  http: 32,
  checksum: 64,
} as const;

/**
 * Nodes of formulas and conditions. A node is a word `op | count << 8`, then its operands:
 * `and`, `or`: `count` nodes; `package`: a name and a condition; `filter`: a filter;
 * `constraint`: `count` is the operator, then a version, or `-1 - filter` where it is computed.
 */
export const NODE = { empty: 0, and: 1, or: 2, package: 3, filter: 4, constraint: 5 } as const;

/** Operators of constraints and comparisons; an operator's negation differs in the last bit. */
export const RELOPS = ["=", "!=", "<", ">=", "<=", ">"] as const;

/**
 * Nodes of filters: `false`, `true`; `string`, `variable`: a string; `relop`: `count` is the operator,
 * then two nodes; `and`, `or`: `count` nodes; `not`, `defined`: a node.
 */
export const FILTER = {
  false: 0,
  true: 1,
  string: 2,
  variable: 3,
  relop: 4,
  and: 5,
  or: 6,
  not: 7,
  defined: 8,
} as const;
