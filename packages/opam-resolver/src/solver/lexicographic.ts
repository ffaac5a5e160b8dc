import { Counter } from "./cardinality.js";
import type { Literal, Sat } from "./sat.js";

/** A choice among variables of which at most one is true; none of them may be, at no cost. */
interface Choice {
  readonly variables: readonly number[];
  /** Whether one of the variables must be true. */
  readonly obligatory: boolean;
}

/** An assumption that may be given up at a price. */
interface Soft {
  weight: number;
  /** Makes the next weaker assumption about the same choice or count. */
  next(): void;
}

/** Cores up to this size are minimised. */
const MINIMISED_CORE = 40;

/**
 * Minimises sums of costs of choices, one criterion after the other, with proof of optimality: each
 * round assumes the cheapest imaginable outcome; each refutation names assumptions of which one must
 * go, which raises the proven bound (core-guided search, OLL).
 * Source: Andres, Kaufmann, Matheis and Schaub, "Unsatisfiability-based optimization in clasp" (2012).
 */
export class LexicographicSearch {
  /** The optimum of each criterion finished so far. */
  readonly optimum: number[] = [];

  private readonly sat: Sat;
  private readonly criteria: number;
  private readonly costOf: (criterion: number, variable: number) => number;
  private readonly choices: Choice[] = [];
  private soft = new Map<Literal, Soft>();
  private bound = 0;
  /** Choices whose costs in the present criterion are accounted for. */
  private accounted = 0;

  /** `costOf` gives the cost, a non-negative integer, of a variable being true. */
  constructor(sat: Sat, criteria: number, costOf: (criterion: number, variable: number) => number) {
    this.sat = sat;
    this.criteria = criteria;
    this.costOf = costOf;
  }

  /** The criterion being minimised. Variables with a cost in an earlier one can't be true any more. */
  get criterion(): number {
    return this.optimum.length;
  }

  /** Adds a choice. May be called during the search. */
  addChoice(variables: readonly number[], obligatory: boolean): void {
    this.choices.push({ variables, obligatory });
  }

  /**
   * Runs to the end, yielding whenever the solver is interrupted. Returns whether there is a solution;
   * then the solver's assignment is an optimal one.
   */
  *run(): Generator<void, boolean> {
    if (!(yield* this.solve([]))) return false;
    while (this.optimum.length < this.criteria) yield* this.minimise();
    return true;
  }

  /** Minimises one criterion. There is a solution. */
  private *minimise(): Generator<void, void> {
    this.bound = 0;
    this.accounted = 0;
    this.soft = new Map();
    for (;;) {
      this.account();
      const assumptions = [...this.soft.keys()];
      if (!(yield* this.solve(assumptions))) {
        this.relax(this.minimisedCore(this.sat.core));
      } else if (this.accounted === this.choices.length) {
        for (const literal of assumptions) this.sat.addClause([literal]);
        this.optimum.push(this.bound);
        yield* this.solve([]);
        return;
      }
    }
  }

  private *solve(assumptions: readonly Literal[]): Generator<void, boolean> {
    for (;;) {
      const verdict = this.sat.solve(assumptions);
      if (verdict !== "interrupted") return verdict === "satisfiable";
      yield;
    }
  }

  /** Makes soft assumptions of the choices that have none yet. */
  private account(): void {
    for (; this.accounted < this.choices.length; this.accounted++) {
      this.boundChoice(this.choices[this.accounted] as Choice, undefined);
    }
  }

  /** Assumes the least cost above `paid` (or at all) that the choice can have. */
  private boundChoice(choice: Choice, paid: number | undefined): void {
    const criterion = this.criterion;
    const costs = new Map<number, number>();
    let least = choice.obligatory ? Number.POSITIVE_INFINITY : 0;
    for (const variable of choice.variables) {
      const fixed = this.sat.fixedValue(2 * variable);
      if (fixed < 0) continue;
      const cost = this.costOf(criterion, variable);
      if (fixed > 0) {
        this.bound += Math.max(0, cost - (paid ?? 0));
        return;
      }
      costs.set(variable, cost);
      if (cost < least) least = cost;
    }
    if (costs.size === 0) return;
    const base = paid === undefined ? least : Math.max(paid, least);
    this.bound += base - (paid ?? 0);
    let next = Number.POSITIVE_INFINITY;
    const dear: number[] = [];
    for (const [variable, cost] of costs) {
      if (cost <= base) continue;
      dear.push(variable);
      if (cost < next) next = cost;
    }
    if (dear.length === 0) return;
    this.assume(this.noneOf(dear), next - base, () => this.boundChoice(choice, next));
  }

  private assume(literal: Literal, weight: number, next: () => void): void {
    this.soft.set(literal, { weight, next });
  }

  /** A literal under which all the variables are false. */
  private noneOf(variables: readonly number[]): Literal {
    if (variables.length === 1) return 2 * (variables[0] as number) + 1;
    const none = 2 * this.sat.newVariable();
    for (const variable of variables) this.sat.addClause([none ^ 1, 2 * variable + 1]);
    return none;
  }

  /** Gives up one of the assumptions of a core, at the least price. */
  private relax(core: readonly Literal[]): void {
    let price = Number.POSITIVE_INFINITY;
    for (const literal of core) price = Math.min(price, this.softOf(literal).weight);
    this.bound += price;
    const finished: Soft[] = [];
    for (const literal of core) {
      const soft = this.softOf(literal);
      soft.weight -= price;
      if (soft.weight > 0) continue;
      this.soft.delete(literal);
      finished.push(soft);
    }
    if (core.length === 1) {
      this.sat.addClause([(core[0] as Literal) ^ 1]);
    } else {
      const violations = core.map((literal) => literal ^ 1);
      this.sat.addClause(violations);
      this.boundCounter(new Counter(this.sat, violations), 2, price);
    }
    for (const soft of finished) soft.next();
  }

  private boundCounter(counter: Counter, n: number, price: number): void {
    if (n > counter.size) return;
    this.assume(counter.atLeast(n) ^ 1, price, () => this.boundCounter(counter, n + 1, price));
  }

  private softOf(literal: Literal): Soft {
    return this.soft.get(literal) as Soft;
  }

  /** Leaves out assumptions without which propagation still refutes the others. */
  private minimisedCore(found: readonly Literal[]): readonly Literal[] {
    let core = found;
    if (core.length > MINIMISED_CORE) return core;
    for (let i = 0; i < core.length && core.length > 1; ) {
      const rest = core.filter((_, index) => index !== i);
      if (!this.sat.refutes(rest)) i++;
      else core = core.filter((literal) => this.sat.core.includes(literal));
    }
    return core;
  }
}
