import type { Value } from "./ast.js";
import type { Filter } from "./filter.js";
import { Mismatch } from "./mismatch.js";
import type { Filtered } from "./package.js";
import { filterOfValues } from "./read-filter.js";

/**
 * Reads a string.
 * @throws Mismatch, as all readers here
 */
export function stringOfValue(value: Value): string {
  if (value.kind !== "string") throw new Mismatch(value, "expected a string in double quotes");
  return value.value;
}

/** Reads a list of strings, or a single one. */
export function stringsOfValue(value: Value): string[] {
  return items(value).map(stringOfValue);
}

/** Reads a list, or a single item, of `"string"` or `"string" {filter}`. */
export function filteredStrings(value: Value): Filtered<string>[] {
  return items(value).map((item) => filtered(item, stringOfValue));
}

/** Reads `item` or `item {filter}`. */
export function filtered<T>(value: Value, read: (item: Value) => T): Filtered<T> {
  if (value.kind !== "option") return { value: read(value), filter: undefined };
  return { value: read(value.value), filter: optionFilter(value) };
}

/** The filter in the braces of a value; true if there are none. */
export function optionFilter(value: Value): Filter {
  return value.kind === "option"
    ? filterOfValues(value.options, value)
    : { kind: "bool", value: true };
}

/**
 * The items of a value that should be a list, or a list of lists (`depth` 2), where opam lets the
 * outer brackets be left out.
 */
export function items(value: Value, depth: 1 | 2 = 1): readonly Value[] {
  if (value.kind === "list" && value.items.length === 0) return [];
  const missing = depth - listDepth(value);
  if (missing === 2) return [{ kind: "list", items: [value], start: value.start, end: value.end }];
  if (missing === 1) return [value];
  if (value.kind !== "list") throw new Mismatch(value, "expected a list here");
  return value.items;
}

/** How many lists are around the first innermost value. */
function listDepth(value: Value): number {
  if (value.kind === "option") return listDepth(value.value);
  if (value.kind !== "list") return 0;
  const first = value.items[0];
  return 1 + (first === undefined ? 0 : listDepth(first));
}
