import fc from "fast-check";
import { expect, test } from "vitest";
import { type Literal, Sat } from "./sat.js";

const quiet = { onTrue: () => {}, interrupted: () => false };

/** Requires a clause in the way that makes the solver decide on it. */
function demand(sat: Sat, literals: readonly Literal[]): void {
  const variable = sat.newVariable();
  sat.require(variable, literals);
  sat.addClause([2 * variable]);
}

function holds(literal: Literal, truth: (variable: number) => boolean): boolean {
  return truth(literal >> 1) === ((literal & 1) === 0);
}

function bruteForce(
  variables: number,
  acceptable: (truth: (variable: number) => boolean) => boolean,
): boolean {
  for (let bits = 0; bits < 1 << variables; bits++) {
    if (acceptable((variable) => ((bits >> variable) & 1) === 1)) return true;
  }
  return false;
}

const variableCount = 8;
const literal = fc.nat(2 * variableCount - 1);
const threeSat = fc.array(fc.array(literal, { minLength: 1, maxLength: 3 }), {
  minLength: 20,
  maxLength: 45,
});
const assumptions = fc.uniqueArray(literal, { maxLength: 4, selector: (one) => one >> 1 });

test("random 3-SAT under assumptions, as by brute force; a refutation names a real core", () => {
  fc.assert(
    fc.property(threeSat, fc.array(assumptions, { maxLength: 3 }), (clauses, rounds) => {
      const sat = new Sat(quiet);
      for (let i = 0; i < variableCount; i++) sat.newVariable();
      for (const clause of clauses) demand(sat, clause);
      for (const assumed of [[], ...rounds]) {
        const possible = (wanted: readonly Literal[]) =>
          bruteForce(
            variableCount,
            (truth) =>
              wanted.every((one) => holds(one, truth)) &&
              clauses.every((clause) => clause.some((one) => holds(one, truth))),
          );
        sat.assume(assumed);
        const verdict = sat.solve();
        expect(verdict).toBe(possible(assumed) ? "satisfiable" : "unsatisfiable");
        if (verdict === "satisfiable") {
          const solution = sat.trueVariables();
          const truth = (variable: number) => solution[variable] === 1;
          for (const clause of clauses) expect(clause.some((one) => holds(one, truth))).toBe(true);
          for (const one of assumed) expect(holds(one, truth)).toBe(true);
        } else {
          for (const one of sat.core) expect(assumed).toContain(one);
          expect(possible(sat.core)).toBe(false);
        }
      }
    }),
    { numRuns: 300 },
  );
});

test("of a group at most one is true", () => {
  const sat = new Sat(quiet);
  const group = sat.newGroup();
  const members = [0, 1, 2].map(() => sat.newVariable(group));
  demand(sat, [2, 4]);
  expect(sat.solve()).toBe("satisfiable");
  const chosen = members.filter((variable) => sat.value(2 * variable) > 0);
  expect(chosen).toEqual([sat.trueMember(group)]);
  sat.assume([2, 4]);
  expect(sat.solve()).toBe("unsatisfiable");
  expect([...sat.core].sort()).toEqual([2, 4]);
});

test("clauses that are added when a variable becomes true take part in the search", () => {
  const told: number[] = [];
  const sat: Sat = new Sat({
    onTrue: (variable) => {
      told.push(variable);
      if (variable === 0) demand(sat, [1, 5]);
      if (variable === 1) demand(sat, [5]);
    },
    interrupted: () => false,
  });
  for (let i = 0; i < 3; i++) sat.newVariable();
  sat.watchVariable(0);
  sat.watchVariable(1);
  demand(sat, [0, 2]);
  demand(sat, [4]);
  expect(sat.solve()).toBe("unsatisfiable");
  expect(sat.consistent).toBe(false);
  expect(told).toEqual([0, 1]);
});

/** More pigeons than holes: no short refutation by resolution. */
function pigeonholes(sat: Sat, holes: number): void {
  const at = Array.from({ length: holes + 1 }, () =>
    Array.from({ length: holes }, () => sat.newVariable()),
  );
  for (const row of at) {
    demand(
      sat,
      row.map((variable) => 2 * variable),
    );
  }
  for (let hole = 0; hole < holes; hole++) {
    for (const one of at) {
      for (const other of at) {
        if (one === other) break;
        sat.addClause([2 * (one[hole] as number) + 1, 2 * (other[hole] as number) + 1]);
      }
    }
  }
}

test("an interrupted search goes on where it was", () => {
  let interruptions = 0;
  const sat = new Sat({ onTrue: () => {}, interrupted: () => ++interruptions % 2 === 1 });
  pigeonholes(sat, 6);
  let calls = 0;
  let verdict = sat.solve();
  for (; verdict === "interrupted"; verdict = sat.solve()) calls++;
  expect(verdict).toBe("unsatisfiable");
  expect(calls).toBeGreaterThan(0);
});
