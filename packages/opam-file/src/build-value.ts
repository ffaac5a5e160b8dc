import type { Atom, Field, IdentValue, Item, OptionValue, Section, Value } from "./ast.js";
import type { Filter } from "./filter.js";
import type { Condition, ConditionalPackage, Formula, PackageFormula } from "./formula.js";

/** What {@link toValue} takes: values of the format, or JavaScript's own. */
export type Plain = string | boolean | number | Value | readonly Plain[];

/** Where built nodes stand: nowhere. */
const nowhere = { start: 0, end: 0 } as const;

/** Makes a value: strings, booleans, integers and lists of JavaScript become those of the format. */
export function toValue(plain: Plain): Value {
  switch (typeof plain) {
    case "string":
      return { kind: "string", value: plain, ...nowhere };
    case "boolean":
      return { kind: "bool", value: plain, ...nowhere };
    case "number":
      return { kind: "int", value: plain, ...nowhere };
    default:
      return "kind" in plain ? plain : { kind: "list", items: plain.map(toValue), ...nowhere };
  }
}

/** An identifier: a variable or a flag. */
export function ident(name: string): IdentValue {
  return { kind: "ident", name, ...nowhere };
}

/** `value {options}`. */
export function option(value: Plain, ...options: readonly Value[]): OptionValue {
  return { kind: "option", value: toValue(value), options, ...nowhere };
}

/** `name: value`. */
export function field(name: string, value: Plain): Field {
  return { kind: "field", name, value: toValue(value), ...nowhere };
}

/** `name { items }`, or `name "label" { items }`. */
export function section(name: string, label: string | undefined, items: readonly Item[]): Section {
  return { kind: "section", name, label, items, ...nowhere };
}

/**
 * A filter as a value, for `available` or the braces of an {@link option}.
 * @throws TypeError for what can be written within strings only
 */
export function filterValue(filter: Filter): Value {
  switch (filter.kind) {
    case "bool":
    case "string":
      return toValue(filter.value);
    case "variable": {
      if (filter.converter !== undefined) {
        throw new TypeError(`${filter.variable}?…:… can be written within strings only`);
      }
      const { packages, variable } = filter;
      return ident(packages.length === 0 ? variable : `${packages.join("+")}:${variable}`);
    }
    case "relop": {
      const { op } = filter;
      const [left, right] = [filterAtom(filter.left), filterAtom(filter.right)];
      return { kind: "relop", op, left, right, ...nowhere };
    }
    case "and":
    case "or":
      return { kind: filter.kind, items: filter.items.map(filterValue), ...nowhere };
    default:
      return { kind: filter.kind, value: filterValue(filter.item), ...nowhere };
  }
}

function filterAtom(filter: Filter): Atom {
  const value = filterValue(filter);
  switch (value.kind) {
    case "bool":
    case "int":
    case "string":
    case "ident":
      return value;
    default:
      throw new TypeError("only variables and constants can be compared");
  }
}

/**
 * A package formula as the value of `depends` (`and`), or of `depopts` and `conflicts` (`or`): a list
 * of what is joined by `kind`.
 */
export function formulaValue(formula: PackageFormula, kind: "and" | "or"): Value {
  if (formula.kind === "empty") return toValue([]);
  return toValue(
    formula.kind === kind ? formula.items.map(packagesValue) : [packagesValue(formula)],
  );
}

function packagesValue(formula: PackageFormula): Value {
  return joinedValue(formula, packageValue);
}

/** `"name"` or `"name" {condition}`. */
export function packageValue({ name, condition }: ConditionalPackage): Value {
  return condition.kind === "empty" ? toValue(name) : option(name, conditionValue(condition));
}

/** A condition of a package, for the braces behind its name. */
export function conditionValue(condition: Formula<Condition>): Value {
  return joinedValue(condition, (leaf) =>
    leaf.kind === "filter"
      ? filterValue(leaf.filter)
      : { kind: "prefix-relop", op: leaf.op, value: filterAtom(leaf.version), ...nowhere },
  );
}

function joinedValue<A>(formula: Formula<A>, leafValue: (leaf: A) => Value): Value {
  switch (formula.kind) {
    case "empty":
      return { kind: "group", items: [], ...nowhere };
    case "atom":
      return leafValue(formula.atom);
    default: {
      const items = formula.items.map((item) => joinedValue(item, leafValue));
      return { kind: formula.kind, items, ...nowhere };
    }
  }
}
