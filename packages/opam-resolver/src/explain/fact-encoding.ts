import type { Problem } from "../resolve/resolve.js";
import { type Literal, Sat } from "../solver/sat.js";
import { type Clause, type Selection, solving } from "../universe/formulas.js";
import { contains } from "../universe/ranges.js";
import type { NameEntry, PackageVersion } from "../universe/universe.js";
import { type Fact, factKey } from "./fact.js";

/**
 * A question as a SAT problem in which each fact can be left out, to find out which facts make it
 * unanswerable. Unlike for solving, versions that can't be had are part of it: that they can't is a
 * fact as well.
 */
export class FactEncoding {
  readonly #problem: Problem;
  readonly #sat: Sat;
  readonly #variables = new Map<NameEntry, readonly number[]>();
  readonly #packages: (PackageVersion | undefined)[] = [];
  readonly #selectors = new Map<string, { fact: Fact; literal: Literal }>();
  readonly #facts: (Fact | undefined)[] = [];
  readonly #classes = new Map<string, { entry: NameEntry; variable: number }[]>();
  readonly #waiting = new Map<NameEntry, { variable: number; selection: Selection }[]>();
  /** Selectors made since they were last assumed. */
  #fresh: Literal[] = [];

  constructor(problem: Problem, interrupted: () => boolean) {
    this.#problem = problem;
    this.#sat = new Sat({ onTrue: (variable) => this.#load(variable), interrupted });
    for (const { source, clause } of problem.requirements) {
      const fact: Fact =
        source.kind === "invariant"
          ? { kind: "invariant", clause }
          : { kind: source.kind, atom: source.atom, clause };
      // An own variable, so that the search sees what is demanded.
      const demand = this.#newVariable(undefined, -1);
      this.#sat.require(demand, this.#literals(clause));
      this.#sat.addClause([this.#selector(fact) ^ 1, 2 * demand]);
    }
    for (const entry of problem.removals) {
      const without = this.#selector({ kind: "removal", entry }) ^ 1;
      for (const variable of this.#versions(entry)) {
        this.#sat.addClause([without, 2 * variable + 1]);
      }
    }
  }

  /** Facts, of those met, that contradict each other; undefined if there is an answer. */
  *contradiction(): Generator<void, Fact[] | undefined> {
    this.#sat.assume([...this.#selectors.values()].map(({ literal }) => literal));
    this.#fresh = [];
    for (;;) {
      const verdict = this.#sat.solve();
      if (verdict === "unsatisfiable") return this.#coreFacts();
      if (verdict === "interrupted") {
        yield;
        continue;
      }
      if (this.#fresh.length === 0) return undefined;
      for (const literal of this.#fresh) this.#sat.assumeAlso(literal);
      this.#fresh = [];
    }
  }

  /** A measure of the work done so far. */
  get effort(): number {
    return this.#sat.rounds;
  }

  /** The facts met so far. */
  known(): Fact[] {
    return [...this.#selectors.values()].map(({ fact }) => fact);
  }

  /** Of the facts given, some that contradict each other; undefined if none do. */
  *contradictionAmong(facts: readonly Fact[]): Generator<void, Fact[] | undefined> {
    this.#sat.assume(facts.map((fact) => this.#selector(fact)));
    for (;;) {
      const verdict = this.#sat.solve();
      if (verdict === "unsatisfiable") return this.#coreFacts();
      if (verdict === "satisfiable") return undefined;
      yield;
    }
  }

  #coreFacts(): Fact[] {
    return this.#sat.core.map((literal) => this.#facts[literal >> 1] as Fact);
  }

  #selector(fact: Fact): Literal {
    const key = factKey(fact);
    const known = this.#selectors.get(key);
    if (known !== undefined) return known.literal;
    const variable = this.#newVariable(undefined, -1);
    const literal = 2 * variable;
    this.#facts[variable] = fact;
    this.#selectors.set(key, { fact, literal });
    this.#fresh.push(literal);
    return literal;
  }

  #newVariable(pkg: PackageVersion | undefined, group: number): number {
    const variable = this.#sat.newVariable(group);
    this.#packages[variable] = pkg;
    return variable;
  }

  /** The variables of a name's versions, by position. */
  #versions(entry: NameEntry): readonly number[] {
    const known = this.#variables.get(entry);
    if (known !== undefined) return known;
    const group = this.#sat.newGroup();
    const variables = entry.versions.map((pkg) => {
      const variable = this.#newVariable(pkg, group);
      this.#sat.watchVariable(variable);
      return variable;
    });
    this.#variables.set(entry, variables);
    const ranks = this.#problem.ranking.of(entry);
    const lost = variables.filter((_, position) => ranks[position] === undefined);
    if (lost.length > 0) {
      const without = this.#selector({ kind: "availability", entry }) ^ 1;
      for (const variable of lost) this.#sat.addClause([without, 2 * variable + 1]);
    }
    for (const { variable, selection } of this.#waiting.get(entry) ?? []) {
      this.#exclude(variable, selection);
    }
    this.#waiting.delete(entry);
    return variables;
  }

  /** The versions that a clause allows, available and newest ones first. */
  #literals(clause: Clause): Literal[] {
    const literals: Literal[] = [];
    for (const { entry, ranges } of clause) {
      const variables = this.#versions(entry);
      const ranks = this.#problem.ranking.of(entry);
      const allowed = entry.versions.filter(({ position }) => contains(ranges, position));
      const rank = ({ position }: PackageVersion): number =>
        ranks[position]?.lag ?? entry.versions.length;
      allowed.sort((a, b) => rank(a) - rank(b));
      for (const { position } of allowed) literals.push(2 * (variables[position] as number));
    }
    return literals;
  }

  #load(variable: number): void {
    const pkg = this.#packages[variable] as PackageVersion;
    const { reader } = this.#problem;
    for (const clause of reader.depends(pkg, solving)) {
      if (clause.some((part) => part.entry === pkg.entry && contains(part.ranges, pkg.position))) {
        continue;
      }
      const targets = clause.map(({ entry }) => entry);
      targets.sort((a, b) => (a.text < b.text ? -1 : 1));
      const without = this.#selector({ kind: "dependency", entry: pkg.entry, targets }) ^ 1;
      const demand = this.#newVariable(undefined, -1);
      this.#sat.require(demand, this.#literals(clause));
      this.#sat.addClause([2 * variable + 1, without, 2 * demand]);
    }
    for (const selection of reader.conflicts(pkg)) {
      if (this.#variables.has(selection.entry)) {
        this.#exclude(variable, selection);
      } else {
        const known = this.#waiting.get(selection.entry) ?? [];
        known.push({ variable, selection });
        this.#waiting.set(selection.entry, known);
      }
    }
    for (const name of reader.conflictClasses(pkg)) this.#joinClass(name, pkg.entry, variable);
  }

  #exclude(variable: number, { entry, ranges }: Selection): void {
    const own = (this.#packages[variable] as PackageVersion).entry;
    const without = this.#selector({ kind: "conflict", entry: own, other: entry }) ^ 1;
    this.#versions(entry).forEach((other, position) => {
      if (contains(ranges, position)) {
        this.#sat.addClause([without, 2 * variable + 1, 2 * other + 1]);
      }
    });
  }

  #joinClass(name: string, entry: NameEntry, variable: number): void {
    const members = this.#classes.get(name) ?? [];
    this.#classes.set(name, members);
    const without = this.#selector({ kind: "class", name }) ^ 1;
    for (const other of members) {
      if (other.entry === entry) continue;
      this.#sat.addClause([without, 2 * variable + 1, 2 * other.variable + 1]);
    }
    members.push({ entry, variable });
  }
}
