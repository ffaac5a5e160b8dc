import { NODE } from "../store/codes.js";
import { relops, rowField } from "../store/layout.js";
import { complement, everything, intersection, nothing, type Ranges, union } from "./ranges.js";
import type { NameEntry, PackageVersion, Universe } from "./universe.js";

/** Versions of a name, as positions among {@link NameEntry.versions}. */
export interface Selection {
  readonly entry: NameEntry;
  readonly ranges: Ranges;
}

/** Selections of which one must be met. */
export type Clause = readonly Selection[];

/** How the variables `build` and `post` are set where opam decides them late. */
export interface Phase {
  readonly build: boolean;
  readonly post: boolean;
}

/** What must be installed together with a package. */
export const solving: Phase = { build: true, post: true };

/** An atom that vanishes from its disjunction, at last, as one of its filters doesn't hold. */
const vanished = null;

type Node =
  | Selection
  | typeof vanished
  | { readonly kind: "and" | "or"; readonly items: readonly Node[] };

/** A condition, resolved as far as the first pass of opam goes. */
type Condition =
  | boolean
  | { readonly kind: "ranges"; readonly ranges: Ranges }
  | { readonly kind: "late"; readonly holds: boolean }
  | { readonly kind: "and" | "or"; readonly items: readonly Condition[] };

/**
 * Reads the formulas of packages as opam does. Filters are resolved in two passes: what the switch
 * decides first; then, after the formula has been brought into clauses, what depends on `build`,
 * `post` or undefined variables. Either way a disabled atom vanishes from its disjunction.
 */
export class FormulaReader {
  readonly #universe: Universe;
  #pkg!: PackageVersion;
  #phase: Phase = solving;
  #code!: Int32Array;
  #at = 0;

  constructor(universe: Universe) {
    this.#universe = universe;
  }

  depends(pkg: PackageVersion, phase: Phase): Clause[] {
    if (pkg.store === undefined) return [];
    const place = pkg.store.column(pkg.row, rowField.depends);
    if (place === 0) return [];
    this.#start(pkg, place, phase);
    return clausesOf(this.#formula());
  }

  /** Optional dependencies, as one clause; it does not bind. */
  depopts(pkg: PackageVersion, phase: Phase): Clause {
    if (pkg.store === undefined) return [];
    const place = pkg.store.column(pkg.row, rowField.depopts);
    if (place === 0) return [];
    this.#start(pkg, place, phase);
    return leavesOf(this.#formula());
  }

  /** Versions of other names that can't be installed together with a package. */
  conflicts(pkg: PackageVersion): Selection[] {
    const { store, row } = pkg;
    if (store === undefined) return [];
    const place = store.column(row, rowField.conflicts);
    if (place === 0) return [];
    this.#start(pkg, place, undefined);
    return leavesOf(this.#formula()).filter(({ entry }) => entry !== pkg.entry);
  }

  conflictClasses(pkg: PackageVersion): string[] {
    const { store, row } = pkg;
    if (store === undefined) return [];
    const place = store.column(row, rowField.conflictClasses);
    if (place === 0) return [];
    const { code } = store.sections;
    const classes: string[] = [];
    for (let i = 1; i <= (code[place] as number); i++) {
      classes.push(store.nameText(code[place + i] as number));
    }
    return classes;
  }

  /** The versions that satisfy a bound. */
  bounded(entry: NameEntry, relop: (typeof relops)[number], order: number): Ranges {
    const { versions } = entry;
    const size = versions.length;
    let from = 0;
    let high = size;
    while (from < high) {
      const middle = (from + high) >> 1;
      if ((versions[middle] as PackageVersion).order < order) from = middle + 1;
      else high = middle;
    }
    const to = from < size && (versions[from] as PackageVersion).order === order ? from + 1 : from;
    switch (relop) {
      case "=":
        return range(from, to);
      case "!=":
        return complement(range(from, to), size);
      case "<":
        return range(0, from);
      case ">=":
        return range(from, size);
      case "<=":
        return range(0, to);
      default:
        return range(to, size);
    }
  }

  #start(pkg: PackageVersion, place: number, phase: Phase | undefined): void {
    this.#pkg = pkg;
    this.#inSwitch = phase === undefined;
    this.#phase = phase ?? solving;
    this.#code = (pkg.store as NonNullable<PackageVersion["store"]>).sections.code;
    this.#at = place;
  }

  /** Whether filters see the variables of the switch only, as in conflicts. */
  #inSwitch = false;

  /** The next formula; undefined if it vanishes. */
  #formula(): Node | undefined {
    const word = this.#code[this.#at++] as number;
    switch (word & 255) {
      case NODE.empty:
        return undefined;
      case NODE.atom:
        return this.#atom();
    }
    const items: Node[] = [];
    for (let count = word >> 8; count > 0; count--) {
      const item = this.#formula();
      if (item !== undefined) items.push(item);
    }
    if (items.length < 2) return items[0];
    return { kind: (word & 255) === NODE.and ? "and" : "or", items };
  }

  #atom(): Node | undefined {
    const { store } = this.#pkg as { store: NonNullable<PackageVersion["store"]> };
    const entry = this.#universe.entryOf(store, this.#code[this.#at++] as number);
    const condition = this.#condition(entry);
    if (condition === false) return undefined;
    const all = everything(entry.versions.length);
    if (condition === true) return { entry, ranges: all };
    const ranges = resolved(condition, true, all);
    return ranges === undefined ? vanished : { entry, ranges };
  }

  #condition(entry: NameEntry): Condition {
    const word = this.#code[this.#at++] as number;
    const count = word >> 8;
    switch (word & 255) {
      case NODE.empty:
        return true;
      case NODE.filter:
        return this.#filter(this.#code[this.#at++] as number);
      case NODE.constraint:
        return this.#constraint(entry, count, this.#code[this.#at++] as number);
    }
    const absorbing = (word & 255) === NODE.or;
    const items: Condition[] = [];
    let absorbed = false;
    for (let i = 0; i < count; i++) {
      const item = this.#condition(entry);
      if (item === absorbing) absorbed = true;
      else if (typeof item !== "boolean") items.push(item);
    }
    if (absorbed) return absorbing;
    if (items.length === 0) return !absorbing;
    return items.length === 1 ? (items[0] as Condition) : { kind: absorbing ? "or" : "and", items };
  }

  #filter(filter: number): Condition {
    const pkg = this.#pkg;
    const universe = this.#universe;
    if (this.#inSwitch) {
      return (
        universe.switchFilter(
          pkg.store as NonNullable<PackageVersion["store"]>,
          filter,
          pkg.entry.text,
          () => pkg.version,
        ) === true
      );
    }
    const early = universe.dependsFilter(pkg, filter);
    if (early !== undefined) return early;
    return { kind: "late", holds: universe.dependsFilter(pkg, filter, this.#phase) === true };
  }

  #constraint(entry: NameEntry, relop: number, operand: number): Condition {
    const pkg = this.#pkg;
    const universe = this.#universe;
    const store = pkg.store as NonNullable<PackageVersion["store"]>;
    let order: number;
    if (operand >= 0) {
      order = universe.orderOf(store, operand);
    } else {
      const text = universe.computedVersion(pkg, -1 - operand);
      // opam ignores a bound whose version it can't compute.
      if (text === undefined) return { kind: "ranges", ranges: everything(entry.versions.length) };
      order = universe.orderOfText(text);
    }
    return {
      kind: "ranges",
      ranges: this.bounded(entry, relops[relop] as (typeof relops)[number], order),
    };
  }
}

function range(from: number, to: number): Ranges {
  return from < to ? [from, to] : nothing;
}

/**
 * The versions that a condition leaves; undefined if it disables its atom. `holds` is whether the
 * filters beside it do.
 */
function resolved(condition: Condition, holds: boolean, all: Ranges): Ranges | undefined {
  if (typeof condition === "boolean") return all;
  switch (condition.kind) {
    case "ranges":
      return holds ? condition.ranges : undefined;
    case "late":
      return holds && condition.holds ? all : undefined;
    case "and": {
      let filters = holds;
      let ranges: Ranges | undefined;
      for (const item of condition.items) {
        if (typeof item !== "boolean" && item.kind === "late") filters &&= item.holds;
      }
      // If there are filters only, nothing is left that could carry them: opam drops the atom.
      for (const item of condition.items) {
        if (typeof item === "boolean" || item.kind === "late") continue;
        const part = resolved(item, filters, all);
        if (part !== undefined) ranges = ranges === undefined ? part : intersection(ranges, part);
      }
      return ranges;
    }
    case "or": {
      let ranges: Ranges | undefined;
      for (const item of condition.items) {
        const part = resolved(item, holds, all);
        if (part !== undefined) ranges = ranges === undefined ? part : union(ranges, part);
      }
      return ranges;
    }
  }
}

/** The conjunctive normal form of a formula, without the atoms that vanish. */
function clausesOf(formula: Node | undefined): Clause[] {
  if (formula === undefined) return [];
  const clauses: Clause[] = [];
  for (const clause of normalForm(formula)) {
    const kept = merged(clause);
    if (kept.length > 0) clauses.push(kept);
  }
  return clauses;
}

type RawClause = readonly (Selection | typeof vanished)[];

function normalForm(node: Node): RawClause[] {
  if (node === vanished || !("kind" in node)) return [[node]];
  if (node.kind === "and") return node.items.flatMap(normalForm);
  let clauses: RawClause[] = [[]];
  for (const item of node.items) {
    const right = normalForm(item);
    const [only] = right;
    clauses =
      right.length === 1 && only !== undefined
        ? clauses.map((left) => [...left, ...only])
        : clauses.flatMap((left) => right.map((clause) => [...left, ...clause]));
  }
  return clauses;
}

/** Joins the selections of the same name, in the order of their first mention. */
function merged(clause: RawClause): Clause {
  if (clause.length === 1) return clause[0] === vanished ? [] : (clause as Clause);
  const ranges = new Map<NameEntry, Ranges>();
  for (const selection of clause) {
    if (selection === vanished) continue;
    const known = ranges.get(selection.entry);
    ranges.set(selection.entry, known ? union(known, selection.ranges) : selection.ranges);
  }
  return [...ranges].map(([entry, joined]) => ({ entry, ranges: joined }));
}

/** All atoms of a formula, as a disjunction: so opam reads optional dependencies and conflicts. */
function leavesOf(formula: Node | undefined): Selection[] {
  if (formula === undefined || formula === vanished) return [];
  return "kind" in formula ? formula.items.flatMap(leavesOf) : [formula];
}
