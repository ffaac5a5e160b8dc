import type { RelOp } from "./ast.js";
import { type Environment, evaluateFilter, type Filter, filterHolds } from "./filter.js";
import { compareVersions, negateRelOp, satisfiesRelOp } from "./version.js";

/**
 * A formula over atoms `A`. `empty` is neutral in conjunctions and in disjunctions: it is what a
 * disabled atom becomes, so that the atom vanishes from either. `items` has two or more entries,
 * none of them empty or of the same kind as the formula.
 */
export type Formula<A> =
  | { readonly kind: "empty" }
  | { readonly kind: "atom"; readonly atom: A }
  | { readonly kind: "and" | "or"; readonly items: readonly Formula<A>[] };

/** One condition in `"package" { … }`: a bound on its version, or a filter. */
export type Condition =
  | { readonly kind: "constraint"; readonly op: RelOp; readonly version: Filter }
  | { readonly kind: "filter"; readonly filter: Filter };

/** `"name" { condition }`, as written in `depends`, `depopts`, `conflicts`. */
export interface ConditionalPackage {
  readonly name: string;
  readonly condition: Formula<Condition>;
}

/** A package formula as written, with its filters. */
export type PackageFormula = Formula<ConditionalPackage>;

/** A bound on a version. */
export interface VersionConstraint {
  readonly op: RelOp;
  readonly version: string;
}

/** The versions allowed; `empty` allows all. */
export type VersionFormula = Formula<VersionConstraint>;

/** A package and the versions allowed of it. */
export interface ConstrainedPackage {
  readonly name: string;
  readonly versions: VersionFormula;
}

/** A package formula with its filters resolved by {@link filterFormula}. */
export type ResolvedFormula = Formula<ConstrainedPackage>;

/** The formula without atoms. */
export const empty = { kind: "empty" } as const;

export function atom<A>(a: A): Formula<A> {
  return { kind: "atom", atom: a };
}

/** The conjunction of the formulas that aren't empty. */
export function and<A>(formulas: readonly Formula<A>[]): Formula<A> {
  return join("and", formulas);
}

/** The disjunction of the formulas that aren't empty. */
export function or<A>(formulas: readonly Formula<A>[]): Formula<A> {
  return join("or", formulas);
}

function join<A>(kind: "and" | "or", formulas: readonly Formula<A>[]): Formula<A> {
  const items: Formula<A>[] = [];
  for (const formula of formulas) {
    if (formula.kind === "empty") continue;
    if (formula.kind === kind) for (const item of formula.items) items.push(item);
    else items.push(formula);
  }
  if (items.length === 0) return empty;
  return items.length === 1 ? (items[0] as Formula<A>) : { kind, items };
}

/** Replaces every atom by a formula; atoms that become `empty` vanish. */
export function mapFormula<A, B>(formula: Formula<A>, f: (a: A) => Formula<B>): Formula<B> {
  switch (formula.kind) {
    case "empty":
      return empty;
    case "atom":
      return f(formula.atom);
    default:
      return join(
        formula.kind,
        formula.items.map((item) => mapFormula(item, f)),
      );
  }
}

/** Whether a formula holds, given which atoms do; `empty` holds. */
export function evaluateFormula<A>(formula: Formula<A>, holds: (a: A) => boolean): boolean {
  switch (formula.kind) {
    case "empty":
      return true;
    case "atom":
      return holds(formula.atom);
    case "and":
      return formula.items.every((item) => evaluateFormula(item, holds));
    case "or":
      return formula.items.some((item) => evaluateFormula(item, holds));
  }
}

/** The negation, pushed down to the atoms by De Morgan's laws. `empty` stays empty, as in opam. */
export function negateFormula<A>(formula: Formula<A>, negateAtom: (a: A) => A): Formula<A> {
  switch (formula.kind) {
    case "empty":
      return empty;
    case "atom":
      return atom(negateAtom(formula.atom));
    default:
      return join(
        formula.kind === "and" ? "or" : "and",
        formula.items.map((item) => negateFormula(item, negateAtom)),
      );
  }
}

/** All atoms, from left to right. */
export function atoms<A>(formula: Formula<A>): A[] {
  const result: A[] = [];
  collectAtoms(formula, result);
  return result;
}

function collectAtoms<A>(formula: Formula<A>, into: A[]): void {
  if (formula.kind === "atom") into.push(formula.atom);
  else if (formula.kind !== "empty") for (const item of formula.items) collectAtoms(item, into);
}

/** The negation of a condition of a package. */
export function negateCondition(condition: Condition): Condition {
  return condition.kind === "constraint"
    ? { ...condition, op: negateRelOp(condition.op) }
    : { kind: "filter", filter: { kind: "not", item: condition.filter } };
}

/**
 * Resolves the filters of a package formula in an environment. A package whose condition is false
 * vanishes from its conjunction or disjunction; filters that are undefined count as `otherwise`
 * (false if not given). A bound whose version is undefined is ignored.
 *
 * opam resolves `depends` in two steps, which differ from this one in what nobody writes: `?build`,
 * `?post` and `?` before a string with an undefined interpolation are false there.
 */
export function filterFormula(
  formula: PackageFormula,
  env: Environment,
  otherwise = false,
): ResolvedFormula {
  return mapFormula(formula, ({ name, condition }) => {
    const versions = filterCondition(condition, env, otherwise);
    if (versions === false) return empty;
    return atom({ name, versions: versions === true ? empty : versions });
  });
}

/** Resolves the condition of one package: true, false, or the versions it allows. */
export function filterCondition(
  condition: Formula<Condition>,
  env: Environment,
  otherwise = false,
): boolean | VersionFormula {
  switch (condition.kind) {
    case "empty":
      return empty;
    case "atom": {
      const { atom: leaf } = condition;
      if (leaf.kind === "filter") return filterHolds(leaf.filter, env, otherwise);
      const version = evaluateFilter(leaf.version, env);
      return version === undefined ? empty : atom({ op: leaf.op, version: String(version) });
    }
    default: {
      const absorbing = condition.kind === "or";
      const rest: VersionFormula[] = [];
      for (const item of condition.items) {
        const result = filterCondition(item, env, otherwise);
        if (result === absorbing) return absorbing;
        if (typeof result !== "boolean") rest.push(result);
      }
      if (rest.length === 0) return !absorbing;
      return join(condition.kind, rest);
    }
  }
}

/** Whether a version is among those allowed. */
export function allowsVersion(versions: VersionFormula, version: string): boolean {
  return evaluateFormula(versions, (bound) =>
    satisfiesRelOp(bound.op, compareVersions(version, bound.version)),
  );
}

/**
 * The formula as a conjunction of disjunctions of atoms (`and`), or as a disjunction of conjunctions
 * (`or`). Its size may be exponential in that of a formula that alternates often.
 */
export function normalForm<A>(formula: Formula<A>, outer: "and" | "or"): A[][] {
  switch (formula.kind) {
    case "empty":
      return [];
    case "atom":
      return [[formula.atom]];
  }
  const parts = formula.items.map((item) => normalForm(item, outer));
  if (formula.kind === outer) return parts.flat();
  return parts.reduce((clauses, part) =>
    clauses.flatMap((clause) => part.map((other) => [...clause, ...other])),
  );
}

/** A package and at most one bound on its version. */
export interface BoundedPackage {
  readonly name: string;
  readonly bound: VersionConstraint | undefined;
}

/** Moves the operators between the bounds of a package outwards: `a {>= 1 & < 2}` becomes two atoms. */
export function splitBounds(formula: ResolvedFormula): Formula<BoundedPackage> {
  return mapFormula<ConstrainedPackage, BoundedPackage>(formula, ({ name, versions }) =>
    versions.kind === "empty"
      ? atom({ name, bound: undefined })
      : mapFormula(versions, (bound) => atom({ name, bound })),
  );
}
