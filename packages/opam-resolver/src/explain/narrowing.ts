import type { Problem } from "../resolve/resolve.js";
import { type Clause, solving } from "../universe/formulas.js";
import { contains } from "../universe/ranges.js";
import type { NameEntry, PackageVersion } from "../universe/universe.js";
import { type Fact, namesIn } from "./fact.js";

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

/** What was left of a name before a change. */
interface Past {
  /** The number of the step that changed it. */
  readonly time: number;
  readonly versions: ReadonlySet<PackageVersion>;
}

class Narrowing {
  readonly #problem: Problem;
  readonly #facts: readonly Fact[];
  readonly #state = new Map<NameEntry, Remaining>();
  readonly #history = new Map<NameEntry, Past[]>();
  /** Facts by the names they speak of, and those that speak of a conflict class. */
  readonly #concerned = new Map<NameEntry, Fact[]>();
  readonly #classes: Extract<Fact, { kind: "class" }>[] = [];
  readonly #clauses = new Map<Fact, Map<PackageVersion, readonly Clause[]>>();
  /** The facts that may say something new, those that say much first. */
  readonly #open: FactQueue;
  /** Number of the step under way. */
  #time = 0;
  #isContradictory = false;
  /** Whether the dependency applied last said something of its targets. */
  #hasNarrowed = false;

  constructor(problem: Problem, facts: readonly Fact[]) {
    this.#problem = problem;
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
    this.#facts = [...facts].sort((a, b) => rank(a) - rank(b));
    for (const fact of this.#facts) {
      if (fact.kind === "class") this.#classes.push(fact);
      for (const entry of namesIn(fact)) {
        const known = this.#concerned.get(entry);
        if (known === undefined) this.#concerned.set(entry, [fact]);
        else known.push(fact);
      }
    }
    this.#open = new FactQueue(this.#facts);
  }

  run(): Step[] {
    const used = new Map<Fact, Step>();
    for (const fact of this.#facts) this.#open.push(fact, this.#width(fact));
    for (let fact = this.#open.pop(); fact !== undefined; fact = this.#open.pop()) {
      this.#time++;
      const step = this.#step(fact);
      if (!this.#apply(fact)) continue;
      this.#refine(step, used.get(fact));
      // Used again, with less left, it moves behind what left less of it.
      used.delete(fact);
      used.set(fact, step);
      if (this.#isContradictory) break;
    }
    // What no narrowing shows takes a look at several cases at once.
    this.#time++;
    for (const fact of this.#facts) if (!used.has(fact)) used.set(fact, this.#step(fact));
    const given: readonly Fact["kind"][] = ["request", "upgrade", "invariant", "removal"];
    const rank = ({ fact }: Step): number => (given.includes(fact.kind) ? 0 : 1);
    return [...used.values()].sort((a, b) => rank(a) - rank(b));
  }

  /** Of a dependency that only excludes versions, only those matter. */
  #refine(step: Step, earlier: Step | undefined): void {
    const { fact } = step;
    if (fact.kind !== "dependency") return;
    const kept = this.#of(fact.entry).versions;
    const excluded = step.subject.filter((pkg) => !kept.has(pkg));
    if (excluded.length === 0 || this.#hasNarrowed) return;
    const before = earlier?.subject.filter((pkg) => !kept.has(pkg)) ?? [];
    step.subject = [...new Set([...before, ...excluded])];
  }

  /** Small for facts that say much: what was asked for, then what is certain of few versions. */
  #width(fact: Fact): number {
    switch (fact.kind) {
      case "request":
      case "upgrade":
      case "invariant":
      case "removal":
        return 0;
      case "dependency": {
        const { demanded, versions } = this.#of(fact.entry);
        return demanded ? versions.size : 10_000 + versions.size;
      }
      default:
        return 1;
    }
  }

  #step(fact: Fact): Step {
    const time = this.#time;
    const state = this.#state;
    const known = state.size;
    return {
      fact,
      left: (entry) => [...this.#leftAt(time, entry)],
      subject: fact.kind === "dependency" ? [...this.#of(fact.entry).versions] : [],
      get names() {
        return [...state.keys()].slice(0, known);
      },
    };
  }

  /** What was left of a name when the step of that number began. */
  #leftAt(time: number, entry: NameEntry): Iterable<PackageVersion> {
    const past = this.#history.get(entry)?.find((item) => item.time >= time);
    return past?.versions ?? this.#state.get(entry)?.versions ?? entry.versions;
  }

  #of(entry: NameEntry): Remaining {
    let remaining = this.#state.get(entry);
    if (remaining === undefined) {
      remaining = { versions: new Set(entry.versions), demanded: false };
      this.#state.set(entry, remaining);
    }
    return remaining;
  }

  /** Notes that something new is known of a name: whatever speaks of it may say more now. */
  #changed(entry: NameEntry, { versions, demanded }: Remaining): void {
    if (demanded && versions.size === 0) this.#isContradictory = true;
    for (const fact of this.#concerned.get(entry) ?? []) this.#open.push(fact, this.#width(fact));
    for (const fact of this.#classes) {
      const isMember = entry.versions.some((pkg) => this.#isMember(pkg, fact.name));
      if (isMember) this.#open.push(fact, this.#width(fact));
    }
  }

  /** Whether the fact leaves less than there was. */
  #apply(fact: Fact): boolean {
    switch (fact.kind) {
      case "request":
      case "upgrade":
      case "invariant":
        return this.#demand([fact.clause]);
      case "removal":
        return this.#keep(fact.entry, () => false);
      case "availability": {
        const ranks = this.#problem.ranking.of(fact.entry);
        return this.#keep(fact.entry, ({ position }) => ranks[position] !== undefined);
      }
      case "dependency":
        return this.#depend(fact);
      case "conflict":
        return this.#separate(fact.entry, fact.other) || this.#separate(fact.other, fact.entry);
      case "class":
        return this.#separateClass(fact.name);
    }
  }

  #keep(entry: NameEntry, kept: (pkg: PackageVersion) => boolean): boolean {
    const remaining = this.#of(entry);
    const versions = new Set([...remaining.versions].filter(kept));
    if (versions.size === remaining.versions.size) return false;
    const past = this.#history.get(entry) ?? [];
    this.#history.set(entry, past);
    past.push({ time: this.#time, versions: remaining.versions });
    remaining.versions = versions;
    this.#changed(entry, remaining);
    return true;
  }

  /** One of the clauses holds, whichever: if all say something of one name, that is demanded. */
  #demand(clauses: readonly Clause[]): boolean {
    const viable = clauses.map((clause) => clause.filter((part) => this.#isViable(part)));
    const [name, ...others] = new Set(viable.flat().map(({ entry }) => entry));
    const everywhere = viable.every((clause) => clause.length > 0);
    if (others.length > 0 || clauses.length === 0) return false;
    if (name === undefined || !everywhere) return this.#demandNothing(clauses);
    const remaining = this.#of(name);
    const narrowed = this.#keep(name, ({ position }) =>
      viable.some((clause) => clause.some(({ ranges }) => contains(ranges, position))),
    );
    return this.#require(name, remaining) || narrowed;
  }

  /** None of the clauses can hold: nothing is left of the first name that they demand. */
  #demandNothing(clauses: readonly Clause[]): boolean {
    const entry = clauses.flat()[0]?.entry;
    if (
      entry === undefined ||
      clauses.some((clause) => clause.some((part) => this.#isViable(part)))
    ) {
      return false;
    }
    const demanded = this.#require(entry, this.#of(entry));
    return this.#keep(entry, () => false) || demanded;
  }

  /** Notes that one of a name's versions has to be there. Returns whether that is news. */
  #require(entry: NameEntry, remaining: Remaining): boolean {
    if (remaining.demanded) return false;
    remaining.demanded = true;
    this.#changed(entry, remaining);
    return true;
  }

  #isViable({ entry, ranges }: Clause[number]): boolean {
    for (const { position } of this.#of(entry).versions)
      if (contains(ranges, position)) return true;
    return false;
  }

  #depend(fact: Extract<Fact, { kind: "dependency" }>): boolean {
    const { entry } = fact;
    const clausesOf = (pkg: PackageVersion): readonly Clause[] => this.#clausesOf(fact, pkg);
    const eliminated = this.#keep(entry, (pkg) =>
      clausesOf(pkg).every((clause) => clause.some((part) => this.#isViable(part))),
    );
    this.#hasNarrowed = false;
    const { versions, demanded } = this.#of(entry);
    if (!demanded || versions.size === 0) return eliminated;
    const clauses = [...versions].map(clausesOf);
    if (clauses.some((own) => own.length === 0)) return eliminated;
    this.#hasNarrowed = this.#demand(clauses.map(conjunction));
    return this.#hasNarrowed || eliminated;
  }

  /** What a version says of the targets of a dependency. */
  #clausesOf(fact: Extract<Fact, { kind: "dependency" }>, pkg: PackageVersion): readonly Clause[] {
    let known = this.#clauses.get(fact);
    if (known === undefined) {
      known = new Map();
      this.#clauses.set(fact, known);
    }
    let clauses = known.get(pkg);
    if (clauses === undefined) {
      const targets = new Set(fact.targets);
      clauses = this.#problem.reader
        .depends(pkg, solving)
        .filter(
          (clause) =>
            clause.length === fact.targets.length &&
            clause.every((part) => targets.has(part.entry)) &&
            !clause.some((part) => part.entry === pkg.entry && contains(part.ranges, pkg.position)),
        );
      known.set(pkg, clauses);
    }
    return clauses;
  }

  #separate(entry: NameEntry, other: NameEntry): boolean {
    const { versions, demanded } = this.#of(other);
    if (!demanded) return false;
    return this.#keep(entry, (pkg) =>
      [...versions].some(
        (against) => !this.#excludes(pkg, against) && !this.#excludes(against, pkg),
      ),
    );
  }

  #excludes(pkg: PackageVersion, other: PackageVersion): boolean {
    return this.#problem.reader
      .conflicts(pkg)
      .some(({ entry, ranges }) => entry === other.entry && contains(ranges, other.position));
  }

  #separateClass(name: string): boolean {
    const isMember = (pkg: PackageVersion): boolean => this.#isMember(pkg, name);
    let narrowed = false;
    for (const [entry, { demanded, versions }] of this.#state) {
      if (!demanded || versions.size === 0 || ![...versions].every(isMember)) continue;
      for (const other of this.#state.keys()) {
        if (other !== entry && this.#keep(other, (pkg) => !isMember(pkg))) narrowed = true;
      }
    }
    return narrowed;
  }

  #isMember(pkg: PackageVersion, name: string): boolean {
    return this.#problem.reader.conflictClasses(pkg).includes(name);
  }
}

/** Facts by their width, equal ones in the order given: a binary heap. */
class FactQueue {
  readonly #places: ReadonlyMap<Fact, number>;
  readonly #heap: Entry[] = [];
  /** The entry that counts; older ones of the same fact are skipped. */
  readonly #latest = new Map<Fact, Entry>();

  constructor(facts: readonly Fact[]) {
    this.#places = new Map(facts.map((fact, place) => [fact, place]));
  }

  /** Adds a fact, or moves it. */
  push(fact: Fact, width: number): void {
    const known = this.#latest.get(fact);
    if (known?.width === width) return;
    const entry = { fact, width, place: this.#places.get(fact) as number };
    this.#latest.set(fact, entry);
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(entry, heap[parent] as Entry)) break;
      heap[at] = heap[parent] as Entry;
      at = parent;
    }
    heap[at] = entry;
  }

  /** Takes the first fact out; undefined if there is none. */
  pop(): Fact | undefined {
    for (let first = this.#first(); first !== undefined; first = this.#first()) {
      if (this.#latest.get(first.fact) !== first) continue;
      this.#latest.delete(first.fact);
      return first.fact;
    }
    return undefined;
  }

  #first(): Entry | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right !== undefined && isBefore(right, heap[child] as Entry)) child++;
      if (!isBefore(heap[child] as Entry, last)) break;
      heap[at] = heap[child] as Entry;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

interface Entry {
  readonly fact: Fact;
  readonly width: number;
  readonly place: number;
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.width === b.width ? a.place < b.place : a.width < b.width;
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
