/**
 * A conflict-driven SAT solver made for package resolution: at-most-one groups are built in, clauses
 * may be added during the search (a package's dependencies are read only when the search selects it),
 * and decisions are made only where something required is still missing, so that a solution is
 * partial: whatever it leaves unassigned is false.
 *
 * Variable `v` is written as the literal `2v`, its negation as `2v + 1`.
 */
export type Literal = number;

export type Verdict = "satisfiable" | "unsatisfiable" | "interrupted";

/** What the solver asks of its user during the search. */
export interface SatHooks {
  /** A watched variable (see {@link Sat.watchVariable}) became true; clauses may be added. */
  onTrue(variable: number): void;
  /** Called now and then; true interrupts the search. */
  interrupted(): boolean;
}

const noReason = 0;
const interruptCheck = 256;

export class Sat {
  /** Number of variables. */
  variables = 0;
  /** Number of conflicts met so far. */
  conflicts = 0;
  /** Number of decisions, conflicts and assumptions so far: a measure of effort that is no time. */
  rounds = 0;
  /** False once the clauses are contradictory without any assumption. */
  consistent = true;
  /** After "unsatisfiable": assumptions that can't hold together; empty if nothing can. */
  core: Literal[] = [];

  readonly #hooks: SatHooks;
  /** By literal: 1 true, -1 false, 0 unassigned. */
  #values = new Int8Array(1024);
  #levels = new Int32Array(512);
  /** By variable: 0 none, positive a clause, negative `-(literal + 1)` that implies it. */
  #reasons = new Int32Array(512);
  #groupOf = new Int32Array(512);
  #seen = new Uint8Array(512);
  #watched = new Uint8Array(512);
  /** By variable: the literals of which one is required when it is true, best first. */
  #required: (readonly Literal[] | undefined)[] = [];
  #groups: number[][] = [];
  #groupTrue: number[] = [];
  #implications: (Literal[] | undefined)[] = [];
  #watches: (number[] | undefined)[] = [];
  /** Clauses: size, then the literals; a clause is named by the index of its first literal. */
  #arena = new Int32Array(4096);
  #arenaEnd = 2;
  #trail: Literal[] = [];
  #levelStarts: number[] = [];
  #propagated = 0;
  #loaded = 0;
  #scanned = 0;
  #assumed: Literal[] = [];
  #conflictClause = noReason;
  #conflictPair: [Literal, Literal] = [0, 0];

  constructor(hooks: SatHooks) {
    this.#hooks = hooks;
  }

  /** A new variable, a member of a group if given. */
  newVariable(group = -1): number {
    const variable = this.variables++;
    if (variable === this.#levels.length) this.#growVariables();
    this.#groupOf[variable] = group;
    if (group >= 0) (this.#groups[group] as number[]).push(variable);
    this.#required.push(undefined);
    this.#implications.push(undefined, undefined);
    this.#watches.push(undefined, undefined);
    return variable;
  }

  /** A new group, of whose members at most one may be true. */
  newGroup(): number {
    this.#groups.push([]);
    this.#groupTrue.push(-1);
    return this.#groups.length - 1;
  }

  /** Asks for {@link SatHooks.onTrue}, once, when the variable becomes true. */
  watchVariable(variable: number): void {
    this.#watched[variable] = 1;
  }

  /**
   * Requires one of `members` (in order of preference) whenever `variable` is true. This adds the
   * clause and makes the search decide on it.
   */
  require(variable: number, members: readonly Literal[]): void {
    this.#required[variable] = members;
    this.addClause([2 * variable + 1, ...members]);
  }

  /** The value of a literal: 1 true, -1 false, 0 unassigned. */
  value(literal: Literal): number {
    return this.#values[literal] as number;
  }

  /** The value of a literal that no assumption can change, 0 if there is none. */
  fixedValue(literal: Literal): number {
    return this.#levels[literal >> 1] === 0 ? (this.#values[literal] as number) : 0;
  }

  /** The true member of a group under the current assignment, -1 if none. */
  trueMember(group: number): number {
    return this.#groupTrue[group] as number;
  }

  /** By variable: 1 if it is true under the current assignment. */
  trueVariables(): Uint8Array<ArrayBuffer> {
    const result = new Uint8Array(this.variables);
    for (const literal of this.#trail) if ((literal & 1) === 0) result[literal >> 1] = 1;
    return result;
  }

  /** Adds a clause: one of the literals must be true. May be called within {@link SatHooks.onTrue}. */
  addClause(literals: readonly Literal[]): void {
    if (!this.consistent) return;
    const clause: Literal[] = [];
    for (const literal of literals) {
      const fixed = this.fixedValue(literal);
      if (fixed > 0) return;
      if (fixed === 0) clause.push(literal);
    }
    if (clause.length === 0) {
      this.consistent = false;
      return;
    }
    if (clause.length === 1) {
      this.#addFact(clause[0] as Literal);
      return;
    }
    this.#toFront(clause, 0);
    this.#toFront(clause, 1);
    const [first, second] = clause as [Literal, Literal];
    let reason: number;
    if (clause.length === 2) {
      this.#imply(first ^ 1, second);
      this.#imply(second ^ 1, first);
      reason = -((second ^ 1) + 1);
    } else {
      reason = this.#attach(clause);
    }
    if (this.#values[second] !== -1) return;
    const level = this.#levels[second >> 1] as number;
    const firstLevel = this.#levels[first >> 1] as number;
    if (this.#values[first] === 1 && firstLevel <= level) return;
    if ((first & 1) === 1) {
      // What follows is a negation. It may come later than it could: if it gets lost by backtracking,
      // its opposite is refuted when it is tried.
      if (this.#values[first] === -1) this.#backtrack(firstLevel - 1);
    } else {
      // All but the first literal are false from `level` on: it follows there.
      this.#backtrack(this.#values[first] === -1 && firstLevel === level ? level - 1 : level);
    }
    if (this.#values[second] === -1) this.#enqueue(first, reason);
  }

  /** Makes a literal true for good, keeping what it doesn't contradict. */
  #addFact(literal: Literal): void {
    if (this.#values[literal] === -1) {
      const level = this.#levels[literal >> 1] as number;
      if (level === 0) {
        this.consistent = false;
        return;
      }
      this.#backtrack(level - 1);
    }
    this.#enqueue(literal, noReason);
    this.#levels[literal >> 1] = 0;
    this.#reasons[literal >> 1] = noReason;
  }

  /**
   * Searches for an assignment in which the assumptions hold. If they can't hold together, `core` has
   * some that can't, and one of those is no longer assumed. After "interrupted" the search goes on with
   * the next call.
   */
  solve(): Verdict {
    return this.#search(true);
  }

  /** As {@link solve}, but only to where nothing more follows: "satisfiable" is then just a guess. */
  propagateAssumptions(): Verdict {
    return this.#search(false);
  }

  /** Sets what is assumed. What follows from a common beginning with what was assumed is kept. */
  assume(assumptions: readonly Literal[]): void {
    const limit = Math.min(assumptions.length, this.#assumed.length, this.#levelStarts.length);
    let common = 0;
    while (common < limit && assumptions[common] === this.#assumed[common]) common++;
    this.#backtrack(common);
    this.#assumed = assumptions.slice();
  }

  /** Adds an assumption. */
  assumeAlso(assumption: Literal): void {
    this.#backtrack(this.#assumed.length);
    this.#assumed.push(assumption);
  }

  #search(decide: boolean): Verdict {
    this.core = [];
    for (;;) {
      if (!this.consistent) return "unsatisfiable";
      if (++this.rounds % interruptCheck === 0 && this.#hooks.interrupted()) return "interrupted";
      if (!this.#propagate()) {
        this.conflicts++;
        this.#learn();
        continue;
      }
      if (this.#load()) continue;
      const level = this.#levelStarts.length;
      if (level < this.#assumed.length) {
        const assumption = this.#assumed[level] as Literal;
        const value = this.#values[assumption] as number;
        if (value < 0) {
          this.core = this.#finalCore(assumption);
          this.#assumed.splice(level, 1);
          return "unsatisfiable";
        }
        this.#levelStarts.push(this.#trail.length);
        if (value === 0) this.#enqueue(assumption, noReason);
        continue;
      }
      if (!decide) return "satisfiable";
      const decision = this.#missingRequirement();
      if (decision < 0) return "satisfiable";
      this.#levelStarts.push(this.#trail.length);
      this.#enqueue(decision, noReason);
    }
  }

  /** Tells the user about watched variables that became true. Returns whether anything was said. */
  #load(): boolean {
    let told = false;
    while (this.#loaded < this.#trail.length) {
      const literal = this.#trail[this.#loaded++] as Literal;
      if ((literal & 1) !== 0 || this.#watched[literal >> 1] === 0) continue;
      this.#watched[literal >> 1] = 0;
      told = true;
      this.#hooks.onTrue(literal >> 1);
    }
    return told;
  }

  /** The best literal of the first requirement that nothing fulfils yet, or -1. */
  #missingRequirement(): Literal {
    for (; this.#scanned < this.#trail.length; this.#scanned++) {
      const literal = this.#trail[this.#scanned] as Literal;
      if ((literal & 1) !== 0) continue;
      const members = this.#required[literal >> 1];
      if (members === undefined) continue;
      let best = -1;
      let fulfilled = false;
      for (const member of members) {
        const value = this.#values[member] as number;
        if (value > 0) {
          fulfilled = true;
          break;
        }
        if (value === 0 && best < 0) best = member;
      }
      if (!fulfilled) return best;
    }
    return -1;
  }

  #propagate(): boolean {
    while (this.#propagated < this.#trail.length) {
      const literal = this.#trail[this.#propagated++] as Literal;
      if (
        !this.#propagateGroup(literal) ||
        !this.#propagateImplications(literal) ||
        !this.#propagateClauses(literal)
      ) {
        this.#propagated = this.#trail.length;
        return false;
      }
    }
    return true;
  }

  #propagateGroup(literal: Literal): boolean {
    if ((literal & 1) !== 0) return true;
    const variable = literal >> 1;
    const group = this.#groupOf[variable] as number;
    if (group < 0) return true;
    for (const other of this.#groups[group] as number[]) {
      if (other === variable) continue;
      const value = this.#values[2 * other] as number;
      if (value < 0) continue;
      if (value > 0) return this.#conflictOf(literal ^ 1, 2 * other + 1);
      this.#enqueue(2 * other + 1, -(literal + 1));
    }
    return true;
  }

  #propagateImplications(literal: Literal): boolean {
    const implied = this.#implications[literal];
    if (implied === undefined) return true;
    for (const other of implied) {
      const value = this.#values[other] as number;
      if (value > 0) continue;
      if (value < 0) return this.#conflictOf(literal ^ 1, other);
      this.#enqueue(other, -(literal + 1));
    }
    return true;
  }

  #propagateClauses(literal: Literal): boolean {
    const falsified = literal ^ 1;
    const watching = this.#watches[falsified];
    if (watching === undefined) return true;
    const values = this.#values;
    const arena = this.#arena;
    let kept = 0;
    for (let i = 0; i < watching.length; i++) {
      const clause = watching[i] as number;
      if (arena[clause] === falsified) {
        arena[clause] = arena[clause + 1] as number;
        arena[clause + 1] = falsified;
      }
      const first = arena[clause] as Literal;
      if ((values[first] as number) > 0) {
        watching[kept++] = clause;
        continue;
      }
      const end = clause + (arena[clause - 1] as number);
      let moved = false;
      for (let k = clause + 2; k < end; k++) {
        const candidate = arena[k] as Literal;
        if ((values[candidate] as number) < 0) continue;
        arena[clause + 1] = candidate;
        arena[k] = falsified;
        this.#watch(candidate, clause);
        moved = true;
        break;
      }
      if (moved) continue;
      watching[kept++] = clause;
      if ((values[first] as number) < 0) {
        for (i++; i < watching.length; i++) watching[kept++] = watching[i] as number;
        watching.length = kept;
        this.#conflictClause = clause;
        return false;
      }
      this.#enqueue(first, clause);
    }
    watching.length = kept;
    return true;
  }

  #conflictOf(a: Literal, b: Literal): false {
    this.#conflictClause = noReason;
    this.#conflictPair = [a, b];
    return false;
  }

  #enqueue(literal: Literal, reason: number): void {
    if (this.#values[literal] !== 0) return;
    const variable = literal >> 1;
    this.#values[literal] = 1;
    this.#values[literal ^ 1] = -1;
    this.#levels[variable] = this.#levelStarts.length;
    this.#reasons[variable] = reason;
    this.#trail.push(literal);
    const group = this.#groupOf[variable] as number;
    if (group >= 0 && (literal & 1) === 0) this.#groupTrue[group] = variable;
  }

  #backtrack(level: number): void {
    if (this.#levelStarts.length <= level) return;
    const start = this.#levelStarts[level] as number;
    let end = start;
    for (let i = start; i < this.#trail.length; i++) {
      const literal = this.#trail[i] as Literal;
      const variable = literal >> 1;
      if (this.#levels[variable] === 0) {
        // A fact found in between.
        this.#trail[end++] = literal;
        continue;
      }
      this.#values[literal] = 0;
      this.#values[literal ^ 1] = 0;
      const group = this.#groupOf[variable] as number;
      if (group >= 0 && this.#groupTrue[group] === variable) this.#groupTrue[group] = -1;
    }
    this.#trail.length = end;
    this.#levelStarts.length = level;
    this.#propagated = Math.min(this.#propagated, start);
    this.#loaded = Math.min(this.#loaded, start);
    this.#scanned = 0;
  }

  /** Learns the first-unique-implication-point clause of the conflict and backtracks. */
  #learn(): void {
    let current = 0;
    this.#visitConflict((literal) => {
      current = Math.max(current, this.#levels[literal >> 1] as number);
    });
    if (current === 0) {
      this.consistent = false;
      return;
    }
    this.#backtrack(current);
    const clause: Literal[] = [0];
    const touched: number[] = [];
    let open = 0;
    let at = this.#trail.length - 1;
    let pivot = -1;
    const visit = (literal: Literal): void => {
      const variable = literal >> 1;
      const level = this.#levels[variable] as number;
      if (this.#seen[variable] !== 0 || level === 0) return;
      this.#seen[variable] = 1;
      touched.push(variable);
      if (level >= current) open++;
      else clause.push(literal);
    };
    this.#visitConflict(visit);
    for (;;) {
      while (this.#seen[(this.#trail[at] as Literal) >> 1] === 0) at--;
      pivot = this.#trail[at--] as Literal;
      open--;
      if (open === 0) break;
      this.#visitReason(pivot, visit);
    }
    clause[0] = pivot ^ 1;
    this.#shorten(clause);
    for (const variable of touched) this.#seen[variable] = 0;
    if (clause.length === 1) {
      this.#addFact(clause[0] as Literal);
      return;
    }
    this.#toFront(clause, 1);
    this.#backtrack(this.#levels[(clause[1] as Literal) >> 1] as number);
    if (clause.length === 2) {
      const [a, b] = clause as [Literal, Literal];
      this.#imply(a ^ 1, b);
      this.#imply(b ^ 1, a);
      this.#enqueue(a, -((b ^ 1) + 1));
    } else {
      this.#enqueue(clause[0] as Literal, this.#attach(clause));
    }
  }

  /** Leaves out literals that the others of the clause imply. */
  #shorten(clause: Literal[]): void {
    let kept = 1;
    for (let i = 1; i < clause.length; i++) {
      const literal = clause[i] as Literal;
      let redundant = this.#reasons[literal >> 1] !== noReason;
      if (redundant) {
        this.#visitReason(literal ^ 1, (other) => {
          const variable = other >> 1;
          if (this.#seen[variable] === 0 && this.#levels[variable] !== 0) redundant = false;
        });
      }
      if (!redundant) clause[kept++] = literal;
    }
    clause.length = kept;
  }

  #visitConflict(visit: (literal: Literal) => void): void {
    if (this.#conflictClause === noReason) {
      visit(this.#conflictPair[0]);
      visit(this.#conflictPair[1]);
      return;
    }
    const end = this.#conflictClause + (this.#arena[this.#conflictClause - 1] as number);
    for (let k = this.#conflictClause; k < end; k++) visit(this.#arena[k] as Literal);
  }

  /** Visits the false literals because of which `literal` is true. */
  #visitReason(literal: Literal, visit: (literal: Literal) => void): void {
    const reason = this.#reasons[literal >> 1] as number;
    if (reason < 0) {
      visit((-reason - 1) ^ 1);
    } else if (reason > 0) {
      const end = reason + (this.#arena[reason - 1] as number);
      for (let k = reason; k < end; k++) {
        const other = this.#arena[k] as Literal;
        if (other !== literal) visit(other);
      }
    }
  }

  /** The assumptions that make `assumption`, itself included, impossible. */
  #finalCore(assumption: Literal): Literal[] {
    const core = [assumption];
    const marked: number[] = [];
    const mark = (literal: Literal): void => {
      const variable = literal >> 1;
      if (this.#seen[variable] !== 0 || this.#levels[variable] === 0) return;
      this.#seen[variable] = 1;
      marked.push(variable);
    };
    mark(assumption);
    const bottom = this.#levelStarts[0] ?? this.#trail.length;
    for (let i = this.#trail.length - 1; i >= bottom; i--) {
      const literal = this.#trail[i] as Literal;
      if (this.#seen[literal >> 1] === 0) continue;
      if (this.#reasons[literal >> 1] === noReason) {
        core.push(literal);
      } else {
        this.#visitReason(literal, mark);
      }
    }
    for (const variable of marked) this.#seen[variable] = 0;
    return core;
  }

  /** Moves the literal best to watch, of those from `index` on, to `index`. */
  #toFront(clause: Literal[], index: number): void {
    let best = index;
    let bestRank = this.#watchRank(clause[index] as Literal);
    for (let i = index + 1; i < clause.length; i++) {
      const rank = this.#watchRank(clause[i] as Literal);
      if (rank > bestRank) {
        best = i;
        bestRank = rank;
      }
    }
    const literal = clause[best] as Literal;
    clause[best] = clause[index] as Literal;
    clause[index] = literal;
  }

  #watchRank(literal: Literal): number {
    const value = this.#values[literal] as number;
    if (value === 0) return 1 << 29;
    const level = this.#levels[literal >> 1] as number;
    return value > 0 ? (1 << 30) - level : level;
  }

  #imply(literal: Literal, implied: Literal): void {
    const list = this.#implications[literal];
    if (list === undefined) this.#implications[literal] = [implied];
    else list.push(implied);
  }

  #watch(literal: Literal, clause: number): void {
    const list = this.#watches[literal];
    if (list === undefined) this.#watches[literal] = [clause];
    else list.push(clause);
  }

  #attach(literals: readonly Literal[]): number {
    const clause = this.#arenaEnd + 1;
    const end = clause + literals.length;
    if (end > this.#arena.length) {
      const arena = new Int32Array(Math.max(end, this.#arena.length * 2));
      arena.set(this.#arena);
      this.#arena = arena;
    }
    this.#arena[clause - 1] = literals.length;
    this.#arena.set(literals, clause);
    this.#arenaEnd = end;
    this.#watch(literals[0] as Literal, clause);
    this.#watch(literals[1] as Literal, clause);
    return clause;
  }

  #growVariables(): void {
    const size = this.#levels.length * 2;
    this.#values = grownInt8(this.#values, 2 * size);
    this.#levels = grownInt32(this.#levels, size);
    this.#reasons = grownInt32(this.#reasons, size);
    this.#groupOf = grownInt32(this.#groupOf, size);
    this.#seen = grownUint8(this.#seen, size);
    this.#watched = grownUint8(this.#watched, size);
  }
}

function grownInt8(array: Int8Array, size: number): Int8Array<ArrayBuffer> {
  const grown = new Int8Array(size);
  grown.set(array);
  return grown;
}

function grownInt32(array: Int32Array, size: number): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(size);
  grown.set(array);
  return grown;
}

function grownUint8(array: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const grown = new Uint8Array(size);
  grown.set(array);
  return grown;
}
