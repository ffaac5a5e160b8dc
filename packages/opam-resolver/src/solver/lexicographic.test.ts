import fc from "fast-check";
import { expect, test } from "vitest";
import { LexicographicSearch } from "./lexicographic.js";
import { Sat } from "./sat.js";

const GROUPS = 5;
const SIZE = 3;
const CRITERIA = 3;
const literal = fc.nat(2 * GROUPS * SIZE - 1);

const problems = fc.record({
  clauses: fc.array(fc.array(literal, { minLength: 1, maxLength: 4 }), { maxLength: 14 }),
  costs: fc.array(fc.array(fc.nat(3), { minLength: GROUPS * SIZE, maxLength: GROUPS * SIZE }), {
    minLength: CRITERIA,
    maxLength: CRITERIA,
  }),
  obligatory: fc.array(fc.boolean(), { minLength: GROUPS, maxLength: GROUPS }),
});

/** All selections of at most one member of each group, by member or -1. */
function* selections(): Generator<number[]> {
  for (let code = 0; code < (SIZE + 1) ** GROUPS; code++) {
    yield Array.from(
      { length: GROUPS },
      (_, group) => (Math.floor(code / (SIZE + 1) ** group) % (SIZE + 1)) - 1,
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
        const isTrue = (v: number) => selection[Math.floor(v / SIZE)] === v % SIZE;
        if (!fulfils(isTrue)) continue;
        const total = totals(isTrue);
        if (best === undefined || compare(total, best) < 0) best = total;
      }

      let rounds = 0;
      const sat = new Sat({
        onTrue: () => {},
        interrupted: () => interrupting && ++rounds % 2 === 1,
      });
      const search = new LexicographicSearch(sat, CRITERIA, costOf);
      for (let group = 0; group < GROUPS; group++) {
        const id = sat.newGroup();
        const variables = Array.from({ length: SIZE }, () => sat.newVariable(id));
        search.addChoice({ variables, isObligatory: () => obligatory[group] === true });
      }
      const demanded = [...clauses];
      obligatory.forEach((must, group) => {
        const members = Array.from({ length: SIZE }, (_, i) => 2 * (group * SIZE + i));
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
