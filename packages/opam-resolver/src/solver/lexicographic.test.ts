import fc from "fast-check";
import { expect, test } from "vitest";
import { LexicographicSearch } from "./lexicographic.js";
import { Sat } from "./sat.js";

const groups = 5;
const size = 3;
const criteria = 3;
const literal = fc.nat(2 * groups * size - 1);

const problems = fc.record({
  clauses: fc.array(fc.array(literal, { minLength: 1, maxLength: 4 }), { maxLength: 14 }),
  costs: fc.array(fc.array(fc.nat(3), { minLength: groups * size, maxLength: groups * size }), {
    minLength: criteria,
    maxLength: criteria,
  }),
  obligatory: fc.array(fc.boolean(), { minLength: groups, maxLength: groups }),
});

/** All selections of at most one member of each group, by member or -1. */
function* selections(): Generator<number[]> {
  for (let code = 0; code < (size + 1) ** groups; code++) {
    yield Array.from(
      { length: groups },
      (_, group) => (Math.floor(code / (size + 1) ** group) % (size + 1)) - 1,
    );
  }
}

test("criteria are minimised one after the other, as by brute force", () => {
  fc.assert(
    fc.property(problems, fc.boolean(), ({ clauses, costs, obligatory }, interrupting) => {
      const costOf = (criterion: number, variable: number) => costs[criterion]?.[variable] ?? 0;
      const totals = (isTrue: (variable: number) => boolean) =>
        costs.map((row) => row.reduce((sum, cost, v) => sum + (isTrue(v) ? cost : 0), 0));
      const fulfils = (isTrue: (variable: number) => boolean) =>
        clauses.every((clause) => clause.some((one) => isTrue(one >> 1) === ((one & 1) === 0)));

      let best: number[] | undefined;
      for (const selection of selections()) {
        if (selection.some((member, group) => obligatory[group] && member < 0)) continue;
        const isTrue = (v: number) => selection[Math.floor(v / size)] === v % size;
        if (!fulfils(isTrue)) continue;
        const total = totals(isTrue);
        if (best === undefined || compare(total, best) < 0) best = total;
      }

      let rounds = 0;
      const sat = new Sat({
        onTrue: () => {},
        interrupted: () => interrupting && ++rounds % 2 === 1,
      });
      const search = new LexicographicSearch(sat, criteria, costOf);
      for (let group = 0; group < groups; group++) {
        const id = sat.newGroup();
        const variables = Array.from({ length: size }, () => sat.newVariable(id));
        search.addChoice({ variables, isObligatory: () => obligatory[group] === true });
      }
      const demanded = [...clauses];
      obligatory.forEach((must, group) => {
        const members = Array.from({ length: size }, (_, i) => 2 * (group * size + i));
        if (must) demanded.push(members);
      });
      for (const clause of demanded) {
        const variable = sat.newVariable();
        sat.require(variable, clause);
        sat.addClause([2 * variable]);
      }
      const run = search.run();
      let step = run.next();
      while (!step.done) step = run.next();
      expect(step.value).toBe(best !== undefined);
      if (best === undefined) return;
      expect(search.optimum).toEqual(best);
      const isTrue = (variable: number) => search.isChosen(variable);
      expect(fulfils(isTrue)).toBe(true);
      expect(totals(isTrue)).toEqual(best);
    }),
    { numRuns: 200 },
  );
});

function compare(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((value, i) => value !== b[i]);
  return index < 0 ? 0 : (a[index] as number) - (b[index] as number);
}
