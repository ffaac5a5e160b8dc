import { LexicographicSearch } from "../solver/lexicographic.js";
import { type Literal, Sat } from "../solver/sat.js";
import { type Clause, FormulaReader, type Selection, solving } from "../universe/formulas.js";
import { contains, intersection, type Ranges } from "../universe/ranges.js";
import type { NameEntry, PackageVersion, Universe } from "../universe/universe.js";
import { type Criterion, costOfAbsence, costOfVersion } from "./criteria.js";
import type { Ranking } from "./ranking.js";

/** What the solver knows of a name. */
interface Choice {
  readonly entry: NameEntry;
  readonly group: number;
  /** By position among the versions: the variable, or -1 for versions that can't be chosen. */
  readonly variables: Int32Array;
  /** Positions, best first. */
  readonly preference: readonly number[];
  readonly selections: Map<string, Literal>;
}

/** The conflicts of a package with a name that has not been met yet. */
interface Pending {
  readonly variable: number;
  readonly ranges: Ranges;
}

/**
 * The universe as a SAT problem. A name becomes part of it when a formula mentions it, a package's own
 * formulas when the search selects the package: most of a repository is never looked at.
 */
export class Encoding {
  readonly #universe: Universe;
  readonly #ranking: Ranking;
  readonly #criteria: readonly Criterion[];
  readonly #reader: FormulaReader;
  readonly #sat: Sat;
  readonly #search: LexicographicSearch;
  readonly #choices = new Map<NameEntry, Choice>();
  /** By variable: the package that it stands for, or the name of which it says that none is chosen. */
  readonly #meanings: (PackageVersion | NameEntry | undefined)[] = [];
  readonly #pending = new Map<NameEntry, Pending[]>();
  readonly #classes = new Map<string, { entry: NameEntry; variable: number }[]>();
  readonly #alternatives = new Map<string, Literal>();

  constructor(
    universe: Universe,
    ranking: Ranking,
    criteria: readonly Criterion[],
    interrupted: () => boolean,
  ) {
    this.#universe = universe;
    this.#ranking = ranking;
    this.#criteria = criteria;
    this.#reader = new FormulaReader(universe);
    this.#sat = new Sat({ onTrue: (variable) => this.#load(variable), interrupted });
    this.#search = new LexicographicSearch(this.#sat, criteria.length, (criterion, variable) =>
      this.#cost(criterion, variable),
    );
  }

  /** Requires one of the selections. */
  require(clause: Clause): void {
    const literal = this.#clauseLiteral(clause);
    this.#sat.addClause(literal === undefined ? [] : [literal]);
  }

  /** Forbids versions. */
  forbid({ entry, ranges }: Selection): void {
    const { variables } = this.#choice(entry);
    for (const variable of members(variables, ranges)) this.#sat.addClause([2 * variable + 1]);
  }

  /** Makes the removal of installed packages possible, at its cost. */
  keepInstalled(): void {
    for (const pkg of this.#universe.installed()) this.#choice(pkg.entry);
  }

  /**
   * Finds the best solution, if there is one; then {@link solution} and {@link costs} tell it. Yields
   * whenever it is interrupted.
   */
  run(): Generator<void, boolean> {
    return this.#search.run();
  }

  get costs(): readonly number[] {
    return this.#search.optimum;
  }

  solution(): PackageVersion[] {
    const packages: PackageVersion[] = [];
    this.#meanings.forEach((meaning, variable) => {
      if (meaning !== undefined && "entry" in meaning && this.#search.isChosen(variable)) {
        packages.push(meaning);
      }
    });
    return packages;
  }

  #cost(criterion: number, variable: number): number {
    const meaning = this.#meanings[variable] as PackageVersion | NameEntry;
    return this.#costOf(this.#criteria[criterion] as Criterion, meaning);
  }

  #costOf(criterion: Criterion, meaning: PackageVersion | NameEntry): number {
    if (!("entry" in meaning)) return costOfAbsence(criterion, meaning);
    const rank = this.#ranking.of(meaning.entry)[meaning.position];
    return rank === undefined ? 0 : costOfVersion(criterion, meaning, rank);
  }

  /** The name's part of the problem, made at its first mention. */
  #choice(entry: NameEntry): Choice {
    const known = this.#choices.get(entry);
    if (known !== undefined) return known;
    const { versions, installed } = entry;
    const group = this.#sat.newGroup();
    const variables = new Int32Array(versions.length).fill(-1);
    const preference = this.#preference(entry);
    const choice = { entry, group, variables, preference, selections: new Map() };
    this.#choices.set(entry, choice);
    const all: number[] = [];
    for (const position of preference) {
      const variable = this.#newVariable(versions[position] as PackageVersion, group);
      this.#sat.watchVariable(variable);
      variables[position] = variable;
      all.push(variable);
    }
    if (installed !== undefined) {
      all.push(this.#newVariable(entry, group));
      const any = this.#newVariable(undefined, -1);
      this.#sat.require(
        any,
        all.map((variable) => 2 * variable),
      );
      this.#sat.addClause([2 * any]);
    }
    this.#search.addChoice({
      variables: all,
      isObligatory: () => installed !== undefined || this.#isDemanded(choice),
    });
    for (const { variable, ranges } of this.#pending.get(entry) ?? []) {
      this.#exclude(variable, choice, ranges);
    }
    this.#pending.delete(entry);
    return choice;
  }

  /** Whether it is settled that one of the versions is chosen, though not which. */
  #isDemanded({ selections }: Choice): boolean {
    for (const literal of selections.values()) {
      if (literal >= 0 && this.#sat.fixedValue(literal) > 0) return true;
    }
    return false;
  }

  /** The versions that can still be chosen: the installed one first, then the best by the criteria. */
  #preference(entry: NameEntry): number[] {
    const ranks = this.#ranking.of(entry);
    const positions: number[] = [];
    ranks.forEach((rank, position) => {
      if (rank === undefined) return;
      const pkg = entry.versions[position] as PackageVersion;
      for (let done = 0; done < this.#search.criterion; done++) {
        if (this.#costOf(this.#criteria[done] as Criterion, pkg) > 0) return;
      }
      positions.push(position);
    });
    const rank = (position: number): number => {
      if (position === entry.installed?.position) return -1;
      const { avoid, lag } = ranks[position] as { avoid: boolean; lag: number };
      return avoid ? lag + ranks.length : lag;
    };
    return positions.sort((a, b) => rank(a) - rank(b));
  }

  #newVariable(meaning: PackageVersion | NameEntry | undefined, group: number): number {
    const variable = this.#sat.newVariable(group);
    this.#meanings[variable] = meaning;
    return variable;
  }

  /** A literal that requires one of the versions; undefined if there is none. */
  #selection({ entry, ranges }: Selection): Literal | undefined {
    const choice = this.#choice(entry);
    const key = ranges.join();
    const known = choice.selections.get(key);
    if (known !== undefined) return known < 0 ? undefined : known;
    const literals: Literal[] = [];
    for (const position of choice.preference) {
      if (contains(ranges, position)) literals.push(2 * (choice.variables[position] as number));
    }
    const literal = this.#anyOf(literals);
    choice.selections.set(key, literal ?? -1);
    return literal;
  }

  #anyOf(literals: readonly Literal[]): Literal | undefined {
    if (literals.length < 2) return literals[0];
    const variable = this.#newVariable(undefined, -1);
    this.#sat.require(variable, literals);
    return 2 * variable;
  }

  #clauseLiteral(clause: Clause): Literal | undefined {
    if (clause.length === 1) return this.#selection(clause[0] as Selection);
    const literals: Literal[] = [];
    for (const selection of clause) {
      const literal = this.#selection(selection);
      if (literal !== undefined) literals.push(literal);
    }
    const key = literals.join();
    const known = this.#alternatives.get(key);
    if (known !== undefined) return known;
    const literal = this.#anyOf(literals);
    if (literal !== undefined) this.#alternatives.set(key, literal);
    return literal;
  }

  /** Reads the formulas of a package that the search has selected. */
  #load(variable: number): void {
    const pkg = this.#meanings[variable] as PackageVersion;
    const negation = 2 * variable + 1;
    for (const clause of joined(this.#reader.depends(pkg, solving))) {
      if (
        clause.some(({ entry, ranges }) => entry === pkg.entry && contains(ranges, pkg.position))
      ) {
        continue;
      }
      const literal = this.#clauseLiteral(clause);
      this.#sat.addClause(literal === undefined ? [negation] : [negation, literal]);
    }
    for (const { entry, ranges } of this.#reader.conflicts(pkg)) {
      const choice = this.#choices.get(entry);
      if (choice !== undefined) {
        this.#exclude(variable, choice, ranges);
      } else {
        const waiting = this.#pending.get(entry);
        if (waiting === undefined) this.#pending.set(entry, [{ variable, ranges }]);
        else waiting.push({ variable, ranges });
      }
    }
    for (const name of this.#reader.conflictClasses(pkg))
      this.#joinClass(name, pkg.entry, variable);
  }

  #exclude(variable: number, choice: Choice, ranges: Ranges): void {
    for (const other of members(choice.variables, ranges)) {
      this.#sat.addClause([2 * variable + 1, 2 * other + 1]);
    }
  }

  /** Members of a conflict class exclude each other, unless they have the same name. */
  #joinClass(name: string, entry: NameEntry, variable: number): void {
    let members = this.#classes.get(name);
    if (members === undefined) {
      members = [];
      this.#classes.set(name, members);
    }
    for (const other of members) {
      if (other.entry !== entry) this.#sat.addClause([2 * variable + 1, 2 * other.variable + 1]);
    }
    members.push({ entry, variable });
  }
}

/** The variables at the given positions. */
function members(variables: Int32Array, ranges: Ranges): number[] {
  const found: number[] = [];
  for (let i = 0; i < ranges.length; i += 2) {
    for (let position = ranges[i] as number; position < (ranges[i + 1] as number); position++) {
      const variable = variables[position] as number;
      if (variable >= 0) found.push(variable);
    }
  }
  return found;
}

/** Joins clauses about one name: of a name only one version can be chosen. */
function joined(clauses: readonly Clause[]): Clause[] {
  const result: Clause[] = [];
  const single = new Map<NameEntry, Ranges>();
  for (const clause of clauses) {
    const [first] = clause;
    if (clause.length > 1 || first === undefined) {
      result.push(clause);
    } else {
      const known = single.get(first.entry);
      single.set(first.entry, known ? intersection(known, first.ranges) : first.ranges);
    }
  }
  for (const [entry, ranges] of single) result.push([{ entry, ranges }]);
  return result;
}
