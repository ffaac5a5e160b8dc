import type { Atom, Value } from "./ast.js";
import { expandString, type Filter, parseVariable } from "./filter.js";
import {
  and,
  atom,
  type Condition,
  type ConditionalPackage,
  type Formula,
  negateCondition,
  negateFormula,
  or,
  type PackageFormula,
} from "./formula.js";
import { Mismatch } from "./mismatch.js";
import { isValidPackageName } from "./names.js";
import { filterOfValue } from "./read-filter.js";
import { isValidVersion } from "./version.js";

/**
 * Reads the value of `depends` (`and`: the items of a list are all wanted) or of `depopts` and
 * `conflicts` (`or`).
 * @throws Mismatch
 */
export function formulaOfValue(value: Value, kind: "and" | "or"): PackageFormula {
  return formulaOfValues(value.kind === "list" ? value.items : [value], kind);
}

/**
 * Reads the contents of a list as {@link formulaOfValue} does.
 * @throws Mismatch
 */
export function formulaOfValues(values: readonly Value[], kind: "and" | "or"): PackageFormula {
  const join = kind === "and" ? and : or;
  return join(values.map((value) => formulaOfItem(value, kind)));
}

function formulaOfItem(value: Value, kind: "and" | "or"): PackageFormula {
  switch (value.kind) {
    case "string":
    case "option":
      return atom(packageOfValue(value));
    case "group":
      return formulaOfValues(value.items, kind);
    case "and":
      return and(value.items.map((item) => formulaOfItem(item, kind)));
    case "or":
      return or(value.items.map((item) => formulaOfItem(item, kind)));
    default:
      throw new Mismatch(
        value,
        "expected a package here",
        'write `"name"` or `"name" {condition}`',
      );
  }
}

/**
 * Reads `"name"` or `"name" {condition}`.
 * @throws Mismatch
 */
export function packageOfValue(value: Value): ConditionalPackage {
  const [named, conditions] = value.kind === "option" ? [value.value, value.options] : [value, []];
  return { name: packageNameOfValue(named), condition: conditionOfValues(conditions) };
}

/**
 * Reads the name of a package.
 * @throws Mismatch
 */
export function packageNameOfValue(value: Value): string {
  if (value.kind !== "string") throw new Mismatch(value, "expected a package's name in quotes");
  if (!isValidPackageName(value.value)) {
    throw new Mismatch(value, `\`${value.value}\` is not a name of a package`, nameHint);
  }
  return value.value;
}

const nameHint = "names consist of letters, digits, `-`, `_` and `+`, with at least one letter";

function conditionOfValues(values: readonly Value[]): Formula<Condition> {
  return and(values.map(conditionOfValue));
}

function conditionOfValue(value: Value): Formula<Condition> {
  switch (value.kind) {
    case "prefix-relop":
      return atom({ kind: "constraint", op: value.op, version: versionOfAtom(value.value) });
    case "and":
      return and(value.items.map(conditionOfValue));
    case "or":
      return or(value.items.map(conditionOfValue));
    case "group":
      return conditionOfValues(value.items);
    case "not":
      return negateFormula(conditionOfValue(value.value), negateCondition);
    default:
      return atom({ kind: "filter", filter: filterOfValue(value) });
  }
}

function versionOfAtom(value: Atom): Filter {
  if (value.kind === "ident") return parseVariable(value.name);
  if (value.kind !== "string") {
    throw new Mismatch(value, "expected a version in quotes");
  }
  if (!isValidVersion(expandString(value.value, () => "-"))) {
    throw new Mismatch(value, `\`${value.value}\` is not a version`, versionHint);
  }
  return { kind: "string", value: value.value };
}

const versionHint = "versions consist of letters, digits, `-`, `_`, `+`, `.` and `~`";
