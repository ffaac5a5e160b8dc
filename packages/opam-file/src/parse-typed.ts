import type { Value } from "./ast.js";
import type { Filter } from "./filter.js";
import type { ConditionalPackage, PackageFormula } from "./formula.js";
import { Mismatch } from "./mismatch.js";
import { parseValue } from "./parse.js";
import { filterOfValue } from "./read-filter.js";
import { formulaOfValue, packageOfValue } from "./read-formula.js";
import { problemError } from "./text.js";

/**
 * Parses a filter: `os = "linux" & with-test`.
 * @throws MirageError as parseOpam, and `ERR_MIRAGE_OPAM_FIELD`
 */
export function parseFilter(text: string): Filter {
  return typed(text, filterOfValue);
}

/**
 * Parses a package formula: `"a" {>= "1.0"} & ("b" | "c")`, or a list as in `depends`.
 * @throws MirageError as {@link parseFilter}
 */
export function parseFormula(text: string): PackageFormula {
  return typed(text, (value) => formulaOfValue(value, "and"));
}

/**
 * Parses a package with its condition: `"a" {>= "1.0" & with-test}`.
 * @throws MirageError as {@link parseFilter}
 */
export function parsePackage(text: string): ConditionalPackage {
  return typed(text, packageOfValue);
}

function typed<T>(text: string, read: (value: Value) => T): T {
  const value = parseValue(text, "input");
  try {
    return read(value);
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    const { message, hint, place } = error;
    throw problemError(text, "input", { code: "FIELD", message, hint, ...place });
  }
}
