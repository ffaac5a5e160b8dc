import type { RelOp } from "./ast.js";
import { compareVersions, satisfiesRelOp } from "./version.js";

/**
 * A filter: an expression over variables, as in `available`, `build` or the conditions of `depends`.
 * Source: "Filters" in the opam manual, https://opam.ocaml.org/doc/Manual.html.
 */
export type Filter =
  | { readonly kind: "bool"; readonly value: boolean }
  /** A string, which may contain `%{interpolations}%`. */
  | { readonly kind: "string"; readonly value: string }
  | VariableFilter
  | { readonly kind: "relop"; readonly op: RelOp; readonly left: Filter; readonly right: Filter }
  /** Two or more items. */
  | { readonly kind: "and" | "or"; readonly items: readonly Filter[] }
  | { readonly kind: "not" | "defined"; readonly item: Filter };

/** `variable`, `package:variable`, `a+b:variable`, and within strings `package:variable?yes:no`. */
export interface VariableFilter {
  readonly kind: "variable";
  /** Empty for a global variable; `_` stands for the package itself. */
  readonly packages: readonly string[];
  readonly variable: string;
  readonly converter?: Converter;
}

/** Turns a boolean variable into one of two strings. */
export interface Converter {
  readonly ifTrue: string;
  readonly ifFalse: string;
}

/** What a variable may hold. */
export type VariableContents = boolean | string | readonly string[];

/**
 * The variables in force. `pkg` is undefined for a global variable, `_` for the package itself,
 * otherwise a package's name. Returns undefined for an undefined variable.
 */
export type Environment = (
  variable: string,
  pkg: string | undefined,
) => VariableContents | undefined;

/** An environment with the given global variables, and none of packages. */
export function globals(variables: Readonly<Record<string, VariableContents>>): Environment {
  const map = new Map(Object.entries(variables));
  return (variable, pkg) => (pkg === undefined ? map.get(variable) : undefined);
}

/**
 * The value of a filter; undefined if it depends on an undefined variable.
 *
 * The logic has three values: `false & undefined` is false, `true | undefined` is true, otherwise an
 * undefined operand makes the whole undefined, `!` included. `?x` is true if x is defined. Comparisons
 * use the order of versions. Within strings undefined variables expand to nothing.
 */
export function evaluateFilter(filter: Filter, env: Environment): boolean | string | undefined {
  switch (filter.kind) {
    case "bool":
      return filter.value;
    case "string":
      return expandString(filter.value, env);
    case "variable": {
      const value = resolveVariable(filter, env);
      return typeof value === "string" ? expandString(value, env) : value;
    }
    case "relop": {
      const left = evaluateFilter(filter.left, env);
      const right = evaluateFilter(filter.right, env);
      if (left === undefined || right === undefined) return undefined;
      return satisfiesRelOp(filter.op, compareVersions(String(left), String(right)));
    }
    case "and":
    case "or": {
      // From left to right, as opam does: a string "false" becomes a boolean only when combined.
      const absorbing = filter.kind === "or";
      let result: boolean | string | undefined = !absorbing;
      for (const [index, item] of filter.items.entries()) {
        const value = evaluateFilter(item, env);
        if (value === absorbing) return absorbing;
        result = index === 0 ? value : combine(result, value, absorbing);
        if (result === absorbing) return absorbing;
      }
      return result;
    }
    case "not": {
      const value = toBoolean(evaluateFilter(filter.item, env));
      return value === undefined ? undefined : !value;
    }
    case "defined":
      return evaluateFilter(filter.item, env) !== undefined;
  }
}

/**
 * Whether a filter holds. `otherwise` is the answer for filters that are undefined or not boolean;
 * opam takes false there.
 */
export function filterHolds(filter: Filter, env: Environment, otherwise = false): boolean {
  return toBoolean(evaluateFilter(filter, env)) ?? otherwise;
}

function toBoolean(value: boolean | string | undefined): boolean | undefined {
  if (value === "true") return true;
  if (value === "false") return false;
  return typeof value === "string" ? undefined : value;
}

/** `left & right`, or `left | right` if `absorbing`; neither operand is the absorbing boolean. */
function combine(
  left: boolean | string | undefined,
  right: boolean | string | undefined,
  absorbing: boolean,
): boolean | undefined {
  const l = toBoolean(left);
  const r = toBoolean(right);
  if (l === undefined || r === undefined) return undefined;
  return absorbing ? l || r : l && r;
}

function resolveVariable(filter: VariableFilter, env: Environment): boolean | string | undefined {
  const { packages, variable, converter } = withoutEnable(filter);
  const value = lookUp(packages, variable, env);
  if (converter !== undefined) {
    return booleanContents(value) === true ? converter.ifTrue : converter.ifFalse;
  }
  return typeof value === "object" ? value.join(" ") : value;
}

/** Whether a variable has a value in which nothing is left to expand. */
export function isKnownVariable(filter: VariableFilter, env: Environment): boolean {
  const { packages, variable } = withoutEnable(filter);
  const value = lookUp(packages, variable, env);
  return value !== undefined && !(typeof value === "string" && value.includes("%{"));
}

/** `package:enable` is short for `package:installed?enable:disable`. */
function withoutEnable(filter: VariableFilter): VariableFilter {
  if (filter.variable !== "enable" || filter.packages.length === 0 || filter.converter) {
    return filter;
  }
  const converter = { ifTrue: "enable", ifFalse: "disable" };
  return { ...filter, variable: "installed", converter };
}

/** The variable's contents; of several packages, whether it is true for all. */
function lookUp(
  packages: readonly string[],
  variable: string,
  env: Environment,
): VariableContents | undefined {
  if (packages.length <= 1) return env(variable, packages[0]);
  let all: boolean | undefined = true;
  for (const pkg of packages) {
    const value = env(variable, pkg);
    if (value !== true) all = booleanContents(value);
    if (all === false) return false;
  }
  return all;
}

function booleanContents(value: VariableContents | undefined): boolean | undefined {
  if (typeof value === "object") return value.length === 1 ? toBoolean(value[0]) : undefined;
  return toBoolean(value);
}

const interpolation = /%%|%\{((?:[^}\n]|\}(?:[^%\n]|$))*)(\}%)?/g;

/**
 * Replaces `%{variable}%` by its value (nothing if undefined) and `%%` by `%`.
 * An interpolation without its end is left as it is.
 */
export function expandString(text: string, env: Environment): string {
  if (!text.includes("%")) return text;
  return text.replace(interpolation, (whole, inside: string | undefined, closed?: string) => {
    if (whole === "%%") return "%";
    if (inside === undefined || closed === undefined) return whole;
    return String(resolveVariable(parseInterpolation(inside), env) ?? "");
  });
}

/** The variables interpolated in a string. */
export function interpolatedVariables(text: string): VariableFilter[] {
  if (!text.includes("%{")) return [];
  return [...text.matchAll(interpolation)]
    .filter((match) => match[2] !== undefined)
    .map((match) => parseInterpolation(match[1] as string));
}

/** All variables of a filter, in order, those in interpolations included. */
export function filterVariables(filter: Filter): VariableFilter[] {
  switch (filter.kind) {
    case "bool":
      return [];
    case "string":
      return interpolatedVariables(filter.value);
    case "variable":
      return [filter];
    case "relop":
      return [...filterVariables(filter.left), ...filterVariables(filter.right)];
    case "and":
    case "or":
      return filter.items.flatMap(filterVariables);
    case "not":
    case "defined":
      return filterVariables(filter.item);
  }
}

/** Reads what stands between `%{` and `}%`. */
function parseInterpolation(text: string): VariableFilter {
  const [before, last] = cutAtLast(text, ":");
  if (before === undefined) return { kind: "variable", packages: [], variable: last };
  const [condition, ifTrue] = cutAtLast(before, "?");
  if (condition === undefined) return parseVariable(text);
  if (condition === "") {
    // `?package:variable:`, which opam 2.2 added for package names with a `+`.
    const [pkg, variable] = cutAtLast(ifTrue, ":");
    return pkg === undefined
      ? { kind: "variable", packages: [], variable: last }
      : { kind: "variable", packages: [pkg], variable };
  }
  return { ...parseVariable(condition), converter: { ifTrue, ifFalse: last } };
}

/** Reads an identifier as a variable: `name`, `package:name`, `a+b:name`. */
export function parseVariable(identifier: string): VariableFilter {
  const [packages, variable] = cutAtLast(identifier, ":");
  return {
    kind: "variable",
    packages: packages === undefined ? [] : packages.split("+").filter((name) => name !== ""),
    variable,
  };
}

function cutAtLast(text: string, separator: string): [before: string | undefined, after: string] {
  const at = text.lastIndexOf(separator);
  return at < 0 ? [undefined, text] : [text.slice(0, at), text.slice(at + 1)];
}
