// Numbers of a store that the scanner, which is AssemblyScript, writes and the rest reads.

/** Bits of the flags of a row. */
export enum FLAG {
  avoidVersion = 1,
  deprecated = 2,
  compiler = 4,
  conf = 8,
  /** There is a `url` section. */
  url = 16,
  /** Its source is fetched by HTTP. */
  http = 32,
  checksum = 64,
}

/**
 * Nodes of formulas and conditions. A node is a word `op | count << 8`, then its operands:
 * `and`, `or`: `count` nodes; `atom`: a name and a condition; `filter`: a filter;
 * `constraint`: `count` is the operator, then a version, or `-1 - filter` where it is computed.
 */
export enum NODE {
  empty = 0,
  and = 1,
  or = 2,
  atom = 3,
  filter = 4,
  constraint = 5,
}

/** Comparisons; a comparison's negation differs in the last bit. */
export enum RELOP {
  equal = 0,
  unequal = 1,
  less = 2,
  atLeast = 3,
  atMost = 4,
  greater = 5,
}

/**
 * Nodes of filters: `never`, `always`; `string`, `variable`: a string; `relop`: `count` is the operator,
 * then two nodes; `and`, `or`: `count` nodes; `not`, `defined`: a node.
 */
export enum FILTER {
  never = 0,
  always = 1,
  string = 2,
  variable = 3,
  relop = 4,
  and = 5,
  or = 6,
  not = 7,
  defined = 8,
}

/** The scanner's tables of strings. */
export enum TABLE {
  strings = 0,
  names = 1,
  versions = 2,
}

/** The scanner's arrays of integers; before them, by table, where each string starts and the last ends. */
export enum ARRAY {
  filters = 3,
  filterCode = 4,
  code = 5,
  rows = 6,
}

/** What a malformed file lacks. */
export enum EXPECTED {
  field = 0,
  colon = 1,
  openingBrace = 2,
  endOfComment = 3,
  value = 4,
  string = 5,
  endOfString = 6,
  closingBracket = 7,
  fewerBrackets = 8,
  packageName = 9,
  endOfValue = 10,
}
