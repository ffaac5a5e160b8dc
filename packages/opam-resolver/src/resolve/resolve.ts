import type { SwitchState } from "../state/switch-state.js";
import { rowField } from "../store/layout.js";
import type { Store } from "../store/store.js";
import type { DependencyOptions, VariableLookup } from "../universe/environment.js";
import { type Clause, FormulaReader, solving } from "../universe/formulas.js";
import { contains, intersection } from "../universe/ranges.js";
import { type NameEntry, type PackageVersion, Universe } from "../universe/universe.js";
import { type AtomicAction, actionsBetween } from "./actions.js";
import { type Criterion, fixupCriteria, installCriteria, upgradeCriteria } from "./criteria.js";
import { DependencyGraph } from "./dependency-graph.js";
import { Encoding } from "./encoding.js";
import { Ranking } from "./ranking.js";
import { type Atom, type Request, rangesOf } from "./request.js";

export interface ResolveInput {
  readonly stores: readonly Store[];
  readonly state: SwitchState;
  readonly variables: VariableLookup;
  readonly options: DependencyOptions;
  readonly request: Request;
  /** Instead of those that go with the request; with none any plan will do. */
  readonly criteria?: readonly Criterion[];
  /** Whether a package needs system packages that aren't installed. */
  readonly missingDepexts?: (pkg: PackageVersion) => boolean;
  /** Called now and then; true interrupts. */
  readonly interrupted?: () => boolean;
}

export interface Plan {
  readonly kind: "plan";
  readonly actions: readonly AtomicAction[];
  /** What is installed afterwards. */
  readonly result: readonly PackageVersion[];
  readonly criteria: readonly Criterion[];
  readonly costs: readonly number[];
  readonly universe: Universe;
}

export type Outcome =
  | Plan
  /** An atom that no package matches, or none that is available. */
  | { readonly kind: "not-found"; readonly atoms: readonly Atom[]; readonly universe: Universe }
  | { readonly kind: "conflict"; readonly problem: Problem; readonly universe: Universe }
  | {
      readonly kind: "cycle";
      readonly cycle: readonly AtomicAction[];
      readonly universe: Universe;
    };

/** The question put to the solver. */
export interface Problem {
  readonly universe: Universe;
  readonly reader: FormulaReader;
  readonly ranking: Ranking;
  readonly criteria: readonly Criterion[];
  /** What the request and the switch require. */
  readonly requirements: readonly Requirement[];
  /** Names that must go. */
  readonly removals: readonly NameEntry[];
  readonly orphans: ReadonlySet<PackageVersion>;
  /** Packages to build again in any case, if they stay. */
  readonly rebuild: ReadonlySet<PackageVersion>;
}

export interface Requirement {
  readonly source:
    | { readonly kind: "request"; readonly atom: Atom }
    /** A bound that wasn't asked for, but is what it means to upgrade. */
    | { readonly kind: "upgrade"; readonly atom: Atom }
    | { readonly kind: "invariant" };
  readonly clause: Clause;
}

/** Answers a request. Yields whenever it is interrupted, and goes on when resumed. */
export function* resolve(input: ResolveInput): Generator<void, Outcome> {
  const problem = new Asking(input).problem();
  return "kind" in problem ? problem : yield* answer(problem, input.interrupted ?? (() => false));
}

function* answer(problem: Problem, interrupted: () => boolean): Generator<void, Outcome> {
  const { universe, criteria } = problem;
  const encoding = new Encoding(universe, problem.ranking, criteria, interrupted);
  encoding.keepInstalled();
  for (const { clause } of problem.requirements) encoding.require(clause);
  for (const entry of problem.removals) {
    encoding.forbid({ entry, ranges: [0, entry.versions.length] });
  }
  if (!(yield* encoding.run())) return { kind: "conflict", problem, universe };
  const result = encoding.solution();
  const actions = actionsBetween(problem.reader, universe.installed(), result, problem.rebuild);
  if (actions.kind === "cycle") return { ...actions, universe };
  const { costs } = encoding;
  return { kind: "plan", actions: actions.actions, result, criteria, costs, universe };
}

type NotFound = Extract<Outcome, { kind: "not-found" }>;

/** Turns a request into a problem, as opam's commands do. */
class Asking {
  readonly #input: ResolveInput;
  readonly #universe: Universe;
  readonly #reader: FormulaReader;
  readonly #atoms: readonly Atom[];
  #orphans: ReadonlySet<PackageVersion> = new Set();

  constructor(input: ResolveInput) {
    this.#input = input;
    const { stores, state, variables, options, request } = input;
    const atoms = request.atoms.map((atom) => ({ ...atom, name: this.#exactName(atom.name) }));
    this.#atoms = atoms;
    this.#universe = new Universe({
      stores,
      pins: state.pins,
      installed: state.installed,
      definition: state.definition,
      variables,
      options,
      requested: new Set(atoms.map(({ name }) => name)),
    });
    this.#reader = new FormulaReader(this.#universe);
  }

  problem(): Problem | Outcome {
    switch (this.#input.request.kind) {
      case "install":
        return this.#install();
      case "upgrade":
        return this.#atoms.length === 0 ? this.#upgradeAll() : this.#upgrade();
      case "reinstall":
        return this.#reinstall();
      case "remove":
        return this.#remove(this.#input.request.autoremove ?? false);
    }
  }

  /** Names are taken without regard to case where that is unambiguous. */
  #exactName(name: string): string {
    const { stores, state } = this.#input;
    if (state.installed.has(name) || state.pins.has(name)) return name;
    if (stores.some((store) => hasVersions(store, name))) return name;
    const lower = name.toLowerCase();
    const found = new Set<string>();
    for (const store of stores) {
      for (let id = 0; id < store.nameCount; id++) {
        const text = store.nameText(id);
        if (text.toLowerCase() === lower && store.rowCount(id) > 0) found.add(text);
      }
    }
    const [only] = found;
    return found.size === 1 && only !== undefined ? only : name;
  }

  #install(): Problem | Outcome {
    const unknown = this.#unmatched(() => true);
    if (unknown) return unknown;
    this.#findOrphans(this.#changed());
    const atoms = this.#atoms.map((atom) => this.#atPin(atom));
    const missing = this.#unmatched((pkg) => pkg.available || this.#isReadmitted(pkg));
    if (missing) return missing;
    const done = atoms.every((atom) => this.#installedMatching(atom) !== undefined);
    const again = atoms.some((atom) => {
      const pkg = this.#installedMatching(atom);
      return pkg !== undefined && this.#input.state.reinstall.has(pkg.entry.text);
    });
    if (done && !again) return this.#nothingToDo();
    return this.#ask(installCriteria, atoms, [], this.#rebuildNear());
  }

  #upgrade(): Problem | Outcome {
    const missing = this.#unmatched((pkg) => pkg.available || pkg.installed);
    if (missing) return missing;
    this.#findOrphans(this.#changed());
    const gone = this.#installedRequested().filter((pkg) => this.#isFullOrphan(pkg));
    const atoms: Atom[] = [];
    for (const atom of this.#atoms) {
      const pkg = this.#universe.entry(atom.name).installed;
      if (pkg === undefined) atoms.push(atom);
      else if (!gone.includes(pkg)) atoms.push(...this.#upgradeOf(pkg, this.#strictly(atom, pkg)));
    }
    const removals = gone.map(({ entry }) => entry);
    return this.#ask(installCriteria, atoms, removals, this.#rebuildNear());
  }

  #upgradeAll(): Problem | Outcome {
    this.#findOrphans(undefined);
    const lost = this.#lostWithOrphans();
    const atoms = this.#universe
      .installed()
      .filter((pkg) => !lost.has(pkg))
      .flatMap((pkg) => this.#upgradeOf(pkg, { name: pkg.entry.text }));
    const { state } = this.#input;
    const marked = this.#universe
      .installed()
      .filter(({ entry }) => state.reinstall.has(entry.text));
    return this.#ask(upgradeCriteria, atoms, [], new Set(marked));
  }

  #reinstall(): Problem | Outcome {
    const missing = this.#unmatched((pkg) => pkg.available || pkg.installed);
    if (missing) return missing;
    const atoms = this.#atoms.map((atom) => {
      const pkg = this.#installedMatching(atom);
      return pkg === undefined ? atom : exactly(pkg);
    });
    this.#findOrphans(this.#changed());
    return this.#ask(fixupCriteria, atoms, [], new Set(this.#installedRequested()));
  }

  #remove(autoremove: boolean): Problem | Outcome {
    const missing = this.#unmatched((pkg) => pkg.available || pkg.installed);
    if (missing) return missing;
    if (this.#atoms.length > 0) this.#findOrphans(this.#changed());
    const named = this.#atoms
      .map((atom) => this.#installedMatching(atom))
      .filter((pkg) => pkg !== undefined);
    if (!autoremove && named.length === 0) return this.#nothingToDo();
    const { roots, compiler } = this.#input.state;
    const installed = this.#universe.installed();
    const phase = { build: true, post: true };
    const required = new DependencyGraph(this.#reader, installed, { ...phase, depopts: false });
    const used = new DependencyGraph(this.#reader, installed, { ...phase, depopts: true });
    const going = required.dependentsClosure(named);
    const starting = installed.filter(({ entry }) => {
      return !autoremove || roots.has(entry.text) || compiler.has(entry.text);
    });
    const kept = used.closure(starting.filter((pkg) => !going.has(pkg)));
    for (const pkg of going) kept.delete(pkg);
    let removals = [...going];
    if (autoremove) {
      const cone = this.#atoms.length === 0 ? undefined : used.closure(going);
      removals = installed.filter((pkg) => !kept.has(pkg) && (cone?.has(pkg) ?? true));
    }
    return this.#ask(
      installCriteria,
      [...kept].map(exactly),
      removals.map(({ entry }) => entry),
      new Set(),
    );
  }

  #ask(
    criteria: readonly Criterion[],
    atoms: readonly Atom[],
    removals: readonly NameEntry[],
    rebuild: ReadonlySet<PackageVersion>,
  ): Problem {
    const universe = this.#universe;
    const reader = this.#reader;
    const requirements: Requirement[] = this.#invariant().map((clause) => ({
      source: { kind: "invariant" },
      clause,
    }));
    const names = new Set(removals.map(({ text }) => text));
    for (const atom of atoms) {
      names.add(atom.name);
      const entry = universe.entry(atom.name);
      const ranges = rangesOf(reader, entry, atom, (version) => universe.orderOfText(version));
      const isAsked = this.#input.request.kind !== "upgrade" || this.#atoms.includes(atom);
      const kind = isAsked ? "request" : "upgrade";
      requirements.push({ source: { kind, atom }, clause: [{ entry, ranges }] });
    }
    const ranking = new Ranking(
      universe,
      names,
      this.#orphans,
      this.#input.missingDepexts ?? (() => false),
    );
    const orphans = this.#orphans;
    return {
      universe,
      reader,
      ranking,
      criteria: this.#input.criteria ?? criteria,
      requirements,
      removals,
      orphans,
      rebuild,
    };
  }

  #invariant(): Clause[] {
    const store = this.#input.state.invariant;
    if (store === undefined) return [];
    const entry: NameEntry = { text: store.rowName(0), versions: [], installed: undefined };
    const pkg: PackageVersion = {
      entry,
      version: store.rowVersion(0),
      order: 0,
      position: 0,
      store,
      row: 0,
      available: true,
      installed: true,
      pinned: false,
    };
    return this.#reader.depends(pkg, solving);
  }

  #nothingToDo(): Plan {
    return {
      kind: "plan",
      actions: [],
      result: this.#universe.installed(),
      criteria: installCriteria,
      costs: installCriteria.map(() => 0),
      universe: this.#universe,
    };
  }

  // Atoms

  /** The atoms that match no version of those considered. */
  #unmatched(considered: (pkg: PackageVersion) => boolean): NotFound | undefined {
    const atoms = this.#atoms.filter(
      (atom) => !this.#matching(atom).some((pkg) => considered(pkg)),
    );
    return atoms.length === 0 ? undefined : { kind: "not-found", atoms, universe: this.#universe };
  }

  #matching(atom: Atom): PackageVersion[] {
    const entry = this.#universe.entry(atom.name);
    const ranges = rangesOf(this.#reader, entry, atom, (v) => this.#universe.orderOfText(v));
    return entry.versions.filter(({ position }) => contains(ranges, position));
  }

  #installedMatching(atom: Atom): PackageVersion | undefined {
    return this.#matching(atom).find(({ installed }) => installed);
  }

  #installedRequested(): PackageVersion[] {
    const found = this.#atoms.map(({ name }) => this.#universe.entry(name).installed);
    return [...new Set(found.filter((pkg) => pkg !== undefined))];
  }

  /** Without a bound a pinned package is asked for at its pinned version. */
  #atPin(atom: Atom): Atom {
    const pin = this.#input.state.pins.get(atom.name);
    return atom.op === undefined && pin !== undefined
      ? { name: atom.name, op: "=", version: pin.version }
      : atom;
  }

  /** An upgrade without a bound means a newer version, if one could be had. */
  #strictly(atom: Atom, pkg: PackageVersion): Atom {
    if (atom.op !== undefined) return atom;
    const { state } = this.#input;
    if (state.pins.has(atom.name) || state.reinstall.has(atom.name)) return atom;
    const waived = this.#universe.isToAvoid(pkg);
    const newer = pkg.entry.versions.some(
      (other) =>
        other.available && other.order > pkg.order && (waived || !this.#universe.isToAvoid(other)),
    );
    return newer ? { name: atom.name, op: ">", version: pkg.version } : atom;
  }

  /** To upgrade is to keep the package, at no lower a version. */
  #upgradeOf(pkg: PackageVersion, atom: Atom): Atom[] {
    const kept: Atom = { name: atom.name, op: ">=", version: pkg.version };
    return atom.op === undefined ? [kept] : [kept, atom];
  }

  // Orphans: installed packages that are no longer available

  /** The versions that the request names, and those installed of the same names. */
  #changed(): Set<PackageVersion> {
    const changed = new Set<PackageVersion>();
    for (const { name } of this.#atoms) {
      const entry = this.#universe.entry(name);
      let ranges = [0, entry.versions.length] as readonly number[];
      for (const atom of this.#atoms) {
        if (atom.name !== name) continue;
        const own = rangesOf(this.#reader, entry, atom, (v) => this.#universe.orderOfText(v));
        ranges = intersection(ranges, own);
      }
      for (const pkg of entry.versions) {
        if (pkg.installed || contains(ranges, pkg.position)) changed.add(pkg);
      }
    }
    return changed;
  }

  /**
   * Of the installed packages that are no longer available only those count that the changes may
   * touch; and not those that could be installed again from what is known of them.
   */
  #findOrphans(changed: ReadonlySet<PackageVersion> | undefined): void {
    const installed = this.#universe.installed();
    let orphans = installed.filter((pkg) => !pkg.available && !pkg.pinned);
    if (orphans.length > 0 && changed !== undefined) {
      const touched = new DependencyGraph(this.#reader, [...changed, ...installed], {
        build: true,
        post: false,
        depopts: true,
      }).dependentsClosure(changed);
      orphans = orphans.filter((pkg) => touched.has(pkg) && !this.#isReadmitted(pkg));
    }
    this.#orphans = new Set(orphans);
  }

  /** Whether an installed package that no repository offers could still be installed again. */
  #isReadmitted(pkg: PackageVersion): boolean {
    if (!pkg.installed || pkg.store === undefined) return false;
    const { store, row, entry } = pkg;
    const filter = store.column(row, rowField.available);
    if (filter < 0) return true;
    return this.#universe.switchFilter(store, filter, entry.text, () => pkg.version) === true;
  }

  #isFullOrphan(pkg: PackageVersion): boolean {
    return (
      this.#orphans.has(pkg) &&
      !pkg.entry.versions.some((other) => other.available && !this.#orphans.has(other))
    );
  }

  /**
   * Installed packages that an upgrade of everything need not keep: those of which no version can be had,
   * and what needs them; since opam 2.2 also what needs a version that can't be had any more.
   */
  #lostWithOrphans(): ReadonlySet<PackageVersion> {
    const installed = this.#universe.installed();
    const isLost = (pkg: PackageVersion): boolean =>
      this.#universe.isSince22 ? this.#orphans.has(pkg) : this.#isFullOrphan(pkg);
    const graph = new DependencyGraph(this.#reader, installed, {
      build: true,
      post: true,
      depopts: false,
    });
    return graph.dependentsClosure(installed.filter(isLost));
  }

  /** Installed packages marked for rebuilding among those that the request depends on. */
  #rebuildNear(): Set<PackageVersion> {
    const { reinstall } = this.#input.state;
    if (reinstall.size === 0) return new Set();
    const installed = this.#universe.installed();
    const near = new DependencyGraph(this.#reader, [...installed, ...this.#changed()], {
      build: true,
      post: true,
      depopts: true,
    }).closure(this.#changed());
    return new Set(installed.filter((pkg) => near.has(pkg) && reinstall.has(pkg.entry.text)));
  }
}

function hasVersions(store: Store, name: string): boolean {
  const id = store.findName(name);
  return id >= 0 && store.rowCount(id) > 0;
}

function exactly(pkg: PackageVersion): Atom {
  return { name: pkg.entry.text, op: "=", version: pkg.version };
}
