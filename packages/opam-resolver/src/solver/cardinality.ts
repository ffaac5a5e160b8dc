import type { Literal, Sat } from "./sat.js";

/**
 * Counts true literals: `atLeast(n)` is a literal that must be true if n of the inputs are. Clauses
 * are made only as far as asked for.
 * Source: Bailleux and Boufkhad, "Efficient CNF encoding of Boolean cardinality constraints" (2003);
 * Martins et al., "Incremental cardinality constraints for MaxSAT" (2014).
 */
export class Counter {
  /** Number of inputs. */
  readonly size: number;
  readonly #sat: Sat;
  readonly #left: Counter | undefined;
  readonly #right: Counter | undefined;
  readonly #outputs: Literal[] = [];

  constructor(sat: Sat, inputs: readonly Literal[]) {
    this.#sat = sat;
    this.size = inputs.length;
    if (inputs.length === 1) {
      this.#outputs.push(inputs[0] as Literal);
    } else {
      const middle = inputs.length >> 1;
      this.#left = new Counter(sat, inputs.slice(0, middle));
      this.#right = new Counter(sat, inputs.slice(middle));
    }
  }

  /** The literal implied by `n` of the inputs, 1 ≤ n ≤ size. */
  atLeast(n: number): Literal {
    while (this.#outputs.length < n) this.#addOutput();
    return this.#outputs[n - 1] as Literal;
  }

  #addOutput(): void {
    const left = this.#left as Counter;
    const right = this.#right as Counter;
    const total = this.#outputs.length + 1;
    const output = 2 * this.#sat.newVariable();
    this.#outputs.push(output);
    for (let i = Math.max(0, total - right.size); i <= Math.min(total, left.size); i++) {
      const clause = [output];
      if (i > 0) clause.push(left.atLeast(i) ^ 1);
      if (total > i) clause.push(right.atLeast(total - i) ^ 1);
      this.#sat.addClause(clause);
    }
  }
}
