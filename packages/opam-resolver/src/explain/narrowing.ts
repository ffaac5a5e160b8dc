import type { Problem } from "../resolve/resolve.js";
import { type Clause, SOLVING } from "../universe/formulas.js";
import { contains } from "../universe/ranges.js";
import type { NameEntry, PackageVersion } from "../universe/universe.js";
import type { Fact } from "./fact.js";

/** What facts leave of a name. */
interface Remaining {
  versions: ReadonlySet<PackageVersion>;
  /** Whether one of them must be there. */
  demanded: boolean;
}

/** A fact at work. */
export interface Step {
  readonly fact: Fact;
  /** What was left of names, before the fact was used for the last time. */
  left(entry: NameEntry): readonly PackageVersion[];
  /** For a dependency: the versions of which it matters. */
  subject: readonly PackageVersion[];
  /** The names met so far. */
  readonly names: readonly NameEntry[];
}

/**
 * Puts facts that contradict each other into the order of an argument: what was asked for first, then
 * what follows, each with the versions that it still concerns.
 */
export function narrowing(problem: Problem, facts: readonly Fact[]): Step[] {
  return new Narrowing(problem, facts).run();
}

class Narrowing {
  private readonly problem: Problem;
  private readonly facts: readonly Fact[];
  private readonly state = new Map<NameEntry, Remaining>();
  /** Whether the dependency applied last said something of its targets. */
  private hasNarrowed = false;

  constructor(problem: Problem, facts: readonly Fact[]) {
    this.problem = problem;
    const order = problem.requirements.map(({ clause }) => clause);
    const rank = (fact: Fact): number => {
      switch (fact.kind) {
        case "request":
        case "upgrade":
          return order.indexOf(fact.clause) - 2 * order.length;
        case "invariant":
          return -1;
        default:
          return 0;
      }
    };
    this.facts = [...facts].sort((a, b) => rank(a) - rank(b));
  }

  run(): Step[] {
    const used = new Map<Fact, Step>();
    while (!this.isContradictory()) {
      const step = this.facts
        .map((fact) => this.step(fact))
        .sort((a, b) => this.width(a.fact) - this.width(b.fact))
        .find(({ fact }) => this.apply(fact));
      if (step === undefined) break;
      this.refine(step, used.get(step.fact));
      // Used again, with less left, it moves behind what left less of it.
      used.delete(step.fact);
      used.set(step.fact, step);
    }
    // What no narrowing shows takes a look at several cases at once.
    for (const fact of this.facts) if (!used.has(fact)) used.set(fact, this.step(fact));
    const given: readonly Fact["kind"][] = ["request", "upgrade", "invariant", "removal"];
    const rank = ({ fact }: Step): number => (given.includes(fact.kind) ? 0 : 1);
    return [...used.values()].sort((a, b) => rank(a) - rank(b));
  }

  /** Of a dependency that only excludes versions, only those matter. */
  private refine(step: Step, earlier: Step | undefined): void {
    const { fact } = step;
    if (fact.kind !== "dependency") return;
    const kept = this.of(fact.entry).versions;
    const excluded = step.subject.filter((pkg) => !kept.has(pkg));
    if (excluded.length === 0 || this.hasNarrowed) return;
    const before = earlier?.subject.filter((pkg) => !kept.has(pkg)) ?? [];
    step.subject = [...new Set([...before, ...excluded])];
  }

  /** Small for facts that say much: what was asked for, then what is certain of few versions. */
  private width(fact: Fact): number {
    switch (fact.kind) {
      case "request":
      case "upgrade":
      case "invariant":
      case "removal":
        return 0;
      case "dependency": {
        const { demanded, versions } = this.of(fact.entry);
        return demanded ? versions.size : 10_000 + versions.size;
      }
      default:
        return 1;
    }
  }

  private step(fact: Fact): Step {
    const left = new Map([...this.state].map(([entry, { versions }]) => [entry, [...versions]]));
    return {
      fact,
      left: (entry) => left.get(entry) ?? entry.versions,
      subject: fact.kind === "dependency" ? [...this.of(fact.entry).versions] : [],
      names: [...left.keys()],
    };
  }

  private of(entry: NameEntry): Remaining {
    let remaining = this.state.get(entry);
    if (remaining === undefined) {
      remaining = { versions: new Set(entry.versions), demanded: false };
      this.state.set(entry, remaining);
    }
    return remaining;
  }

  private isContradictory(): boolean {
    for (const { demanded, versions } of this.state.values()) {
      if (demanded && versions.size === 0) return true;
    }
    return false;
  }

  /** Whether the fact leaves less than there was. */
  private apply(fact: Fact): boolean {
    switch (fact.kind) {
      case "request":
      case "upgrade":
      case "invariant":
        return this.demand([fact.clause]);
      case "removal":
        return this.keep(fact.entry, () => false);
      case "availability": {
        const standings = this.problem.standings.of(fact.entry);
        return this.keep(fact.entry, ({ position }) => standings[position] !== undefined);
      }
      case "dependency":
        return this.depend(fact);
      case "conflict":
        return this.separate(fact.entry, fact.other) || this.separate(fact.other, fact.entry);
      case "class":
        return this.separateClass(fact.name);
    }
  }

  private keep(entry: NameEntry, kept: (pkg: PackageVersion) => boolean): boolean {
    const remaining = this.of(entry);
    const versions = new Set([...remaining.versions].filter(kept));
    if (versions.size === remaining.versions.size) return false;
    remaining.versions = versions;
    return true;
  }

  /** One of the clauses holds, whichever: if all say something of one name, that is demanded. */
  private demand(clauses: readonly Clause[]): boolean {
    const viable = clauses.map((clause) => clause.filter((part) => this.isViable(part)));
    const [name, ...others] = new Set(viable.flat().map(({ entry }) => entry));
    const everywhere = viable.every((clause) => clause.length > 0);
    if (others.length > 0 || clauses.length === 0) return false;
    if (name === undefined || !everywhere) return this.demandNothing(clauses);
    const remaining = this.of(name);
    const narrowed = this.keep(name, ({ position }) =>
      viable.some((clause) => clause.some(({ ranges }) => contains(ranges, position))),
    );
    const demanded = !remaining.demanded;
    remaining.demanded = true;
    return narrowed || demanded;
  }

  /** None of the clauses can hold: nothing is left of the first name that they demand. */
  private demandNothing(clauses: readonly Clause[]): boolean {
    const entry = clauses.flat()[0]?.entry;
    if (
      entry === undefined ||
      clauses.some((clause) => clause.some((part) => this.isViable(part)))
    ) {
      return false;
    }
    this.of(entry).demanded = true;
    return this.keep(entry, () => false);
  }

  private isViable({ entry, ranges }: Clause[number]): boolean {
    return [...this.of(entry).versions].some(({ position }) => contains(ranges, position));
  }

  private depend({ entry, targets }: Extract<Fact, { kind: "dependency" }>): boolean {
    const clausesOf = (pkg: PackageVersion): Clause[] =>
      this.problem.reader
        .depends(pkg, SOLVING)
        .filter(
          (clause) =>
            clause.length === targets.length &&
            clause.every((part) => targets.includes(part.entry)) &&
            !clause.some((part) => part.entry === pkg.entry && contains(part.ranges, pkg.position)),
        );
    const eliminated = this.keep(entry, (pkg) =>
      clausesOf(pkg).every((clause) => clause.some((part) => this.isViable(part))),
    );
    this.hasNarrowed = false;
    const { versions, demanded } = this.of(entry);
    if (!demanded || versions.size === 0) return eliminated;
    const clauses = [...versions].map(clausesOf);
    if (clauses.some((own) => own.length === 0)) return eliminated;
    this.hasNarrowed = this.demand(clauses.map(conjunction));
    return this.hasNarrowed || eliminated;
  }

  private separate(entry: NameEntry, other: NameEntry): boolean {
    const { versions, demanded } = this.of(other);
    if (!demanded) return false;
    return this.keep(entry, (pkg) =>
      [...versions].some((against) => !this.excludes(pkg, against) && !this.excludes(against, pkg)),
    );
  }

  private excludes(pkg: PackageVersion, other: PackageVersion): boolean {
    return this.problem.reader
      .conflicts(pkg)
      .some(({ entry, ranges }) => entry === other.entry && contains(ranges, other.position));
  }

  private separateClass(name: string): boolean {
    const isMember = (pkg: PackageVersion): boolean =>
      this.problem.reader.conflictClasses(pkg).includes(name);
    let narrowed = false;
    for (const [entry, { demanded, versions }] of this.state) {
      if (!demanded || versions.size === 0 || ![...versions].every(isMember)) continue;
      for (const other of this.state.keys()) {
        if (other !== entry && this.keep(other, (pkg) => !isMember(pkg))) narrowed = true;
      }
    }
    return narrowed;
  }
}

/** Several demands of one version on the same names, as one: what all of them allow. */
function conjunction(clauses: readonly Clause[]): Clause {
  const [first, ...others] = clauses as [Clause, ...Clause[]];
  return first.map(({ entry, ranges }) => {
    const bounds = others.map((clause) => clause.find((part) => part.entry === entry)?.ranges);
    const kept: number[] = [];
    for (const { position } of entry.versions) {
      const allowed =
        contains(ranges, position) &&
        bounds.every((bound) => bound === undefined || contains(bound, position));
      if (allowed) kept.push(position, position + 1);
    }
    return { entry, ranges: kept };
  });
}
