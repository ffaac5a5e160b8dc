import { Counter } from "./cardinality.js";
import type { Literal, Sat } from "./sat.js";

/** A choice among variables of which at most one is true. */
export interface Choice {
  readonly variables: readonly number[];
  /** Whether it is certain by now that one of the variables is true. Otherwise none is, at no cost. */
  isObligatory(): boolean;
}

/** An assumption that may be given up at a price. */
interface Soft {
  weight: number;
  /** Makes the next weaker assumption about the same choice or count. */
  next(): void;
}

/** Cores of these sizes are minimised: it rarely helps smaller ones, and costs too much for larger. */
const minimisedCore = { from: 3, to: 40 };

/**
 * Minimises sums of costs of choices, one criterion after the other, with proof of optimality: each
 * round assumes the cheapest imaginable outcome; each refutation names assumptions of which one must
 * go, which raises the proven bound (core-guided search, OLL).
 * Source: Andres, Kaufmann, Matheis and Schaub, "Unsatisfiability-based optimization in clasp" (2012).
 */
export class LexicographicSearch {
  /** The optimum of each criterion finished so far. */
  readonly optimum: number[] = [];

  readonly #sat: Sat;
  readonly #criteria: number;
  readonly #costOf: (criterion: number, variable: number) => number;
  readonly #choices: Choice[] = [];
  readonly #soft = new Map<Literal, Soft>();
  /** Assumptions that the last solution contradicts. They come last, the others hold together. */
  #doubtful = new Set<Literal>();
  #bound = 0;
  /** Choices whose costs in the present criterion are accounted for. */
  #accounted = 0;
  /** By variable: 1 if it is true in the last solution. */
  #solution = new Uint8Array(0);

  /** `costOf` gives the cost, a non-negative integer, of a variable being true. */
  constructor(sat: Sat, criteria: number, costOf: (criterion: number, variable: number) => number) {
    this.#sat = sat;
    this.#criteria = criteria;
    this.#costOf = costOf;
  }

  /** The criterion being minimised. Variables with a cost in an earlier one can't be true any more. */
  get criterion(): number {
    return this.optimum.length;
  }

  /** Adds a choice. May be called during the search. */
  addChoice(choice: Choice): void {
    this.#choices.push(choice);
  }

  /**
   * Runs to the end, yielding whenever the solver is interrupted. Returns whether there is a solution;
   * then {@link isChosen} tells an optimal one.
   */
  *run(): Generator<void, boolean> {
    if (!(yield* this.#settled(true))) return false;
    this.#solution = this.#sat.trueVariables();
    while (this.optimum.length < this.#criteria) yield* this.#minimise();
    return true;
  }

  /** Whether a variable is true in the solution. */
  isChosen(variable: number): boolean {
    return this.#solution[variable] === 1;
  }

  /** Minimises one criterion. The last solution is the best by the earlier criteria. */
  *#minimise(): Generator<void, void> {
    this.#bound = 0;
    this.#accounted = 0;
    this.#soft.clear();
    this.#doubtful.clear();
    this.#sat.assume([]);
    yield* this.#settled(false);
    this.#account();
    // As long as nothing is doubtful the last solution is the best.
    while (this.#doubtful.size > 0) {
      const cores = yield* this.#pass();
      if (cores === undefined) {
        this.#solution = this.#sat.trueVariables();
        break;
      }
      for (const core of cores) this.#relax(this.#minimisedCore(core));
    }
    this.optimum.push(this.#bound);
    for (const literal of this.#soft.keys()) this.#sat.addClause([literal]);
  }

  /**
   * Assumes all that is left to assume. Returns cores that are met on the way, no two of which share
   * an assumption; undefined if there are none: then the assignment is optimal.
   */
  *#pass(): Generator<void, (readonly Literal[])[] | undefined> {
    let cores: (readonly Literal[])[] = [];
    let refuted = false;
    let complete = false;
    const used = new Set<Literal>();
    this.#sat.assume(this.#assumptions());
    for (;;) {
      if (yield* this.#settled(complete)) {
        if (this.#accounted < this.#choices.length) {
          for (const literal of this.#account()) this.#sat.assumeAlso(literal);
        } else if (refuted) {
          return cores;
        } else if (complete) {
          return undefined;
        } else {
          complete = true;
        }
        continue;
      }
      const { core } = this.#sat;
      const [first] = core as [Literal];
      if (core.length === 1) {
        cores = cores.filter((other) => !other.includes(first));
        for (const literal of this.#relax(core)) this.#sat.assumeAlso(literal);
      } else {
        refuted = true;
        if (core.some((literal) => used.has(literal))) continue;
        cores.push(core);
        for (const literal of core) used.add(literal);
      }
    }
  }

  /** Whether the present assumptions can hold; only as far as propagation shows unless `complete`. */
  *#settled(complete: boolean): Generator<void, boolean> {
    for (;;) {
      const verdict = complete ? this.#sat.solve() : this.#sat.propagateAssumptions();
      if (verdict !== "interrupted") return verdict === "satisfiable";
      yield;
    }
  }

  #assumptions(): Literal[] {
    const certain: Literal[] = [];
    for (const literal of this.#soft.keys())
      if (!this.#doubtful.has(literal)) certain.push(literal);
    for (const literal of this.#doubtful) if (this.#soft.has(literal)) certain.push(literal);
    return certain;
  }

  /** Makes soft assumptions of the choices that have none yet, and returns them. */
  #account(): Literal[] {
    const before = this.#soft.size;
    for (; this.#accounted < this.#choices.length; this.#accounted++) {
      this.#boundChoice(this.#choices[this.#accounted] as Choice, undefined);
    }
    return [...this.#soft.keys()].slice(before);
  }

  /** Assumes the least cost above `paid` (or at all) that the choice can have. */
  #boundChoice(choice: Choice, paid: number | undefined): void {
    const criterion = this.criterion;
    const variables: number[] = [];
    const costs: number[] = [];
    let least = choice.isObligatory() ? Number.POSITIVE_INFINITY : 0;
    for (const variable of choice.variables) {
      const fixed = this.#sat.fixedValue(2 * variable);
      if (fixed < 0) continue;
      const cost = this.#costOf(criterion, variable);
      if (fixed > 0) {
        this.#bound += Math.max(0, cost - (paid ?? 0));
        return;
      }
      variables.push(variable);
      costs.push(cost);
      if (cost < least) least = cost;
    }
    if (variables.length === 0) return;
    const base = paid === undefined ? least : Math.max(paid, least);
    this.#bound += base - (paid ?? 0);
    let next = Number.POSITIVE_INFINITY;
    let chosen = false;
    const dear: number[] = [];
    for (let i = 0; i < variables.length; i++) {
      const cost = costs[i] as number;
      if (cost <= base) continue;
      const variable = variables[i] as number;
      dear.push(variable);
      if (cost < next) next = cost;
      if (this.#solution[variable] === 1) chosen = true;
    }
    if (dear.length === 0) return;
    this.#assume(this.#noneOf(dear), next - base, chosen, () => this.#boundChoice(choice, next));
  }

  #assume(literal: Literal, weight: number, isDoubtful: boolean, next: () => void): void {
    this.#soft.set(literal, { weight, next });
    if (isDoubtful) this.#doubtful.add(literal);
  }

  /** A literal under which all the variables are false. */
  #noneOf(variables: readonly number[]): Literal {
    if (variables.length === 1) return 2 * (variables[0] as number) + 1;
    const none = 2 * this.#sat.newVariable();
    for (const variable of variables) this.#sat.addClause([none ^ 1, 2 * variable + 1]);
    return none;
  }

  /** Gives up one of the assumptions of a core, at the least price. Returns the new assumptions. */
  #relax(core: readonly Literal[]): Literal[] {
    let price = Number.POSITIVE_INFINITY;
    for (const literal of core) price = Math.min(price, this.#softOf(literal).weight);
    this.#bound += price;
    const finished: Soft[] = [];
    for (const literal of core) {
      const soft = this.#softOf(literal);
      soft.weight -= price;
      if (soft.weight > 0) continue;
      this.#soft.delete(literal);
      finished.push(soft);
    }
    const before = this.#soft.size;
    if (core.length > 1) {
      const counter = new Counter(
        this.#sat,
        core.map((literal) => literal ^ 1),
      );
      this.#boundCounter(counter, 2, price);
    }
    for (const soft of finished) soft.next();
    return [...this.#soft.keys()].slice(before);
  }

  #boundCounter(counter: Counter, n: number, price: number): void {
    if (n > counter.size) return;
    const literal = counter.atLeast(n) ^ 1;
    this.#assume(literal, price, true, () => this.#boundCounter(counter, n + 1, price));
  }

  #softOf(literal: Literal): Soft {
    return this.#soft.get(literal) as Soft;
  }

  /** Leaves out assumptions without which propagation still refutes the others. */
  #minimisedCore(found: readonly Literal[]): readonly Literal[] {
    let core = found;
    if (core.length < minimisedCore.from || core.length > minimisedCore.to) return core;
    for (let i = 0; i < core.length && core.length > 1; ) {
      this.#sat.assume(core.filter((_, index) => index !== i));
      if (this.#sat.propagateAssumptions() !== "unsatisfiable") i++;
      else core = core.filter((literal) => this.#sat.core.includes(literal));
    }
    return core;
  }
}
