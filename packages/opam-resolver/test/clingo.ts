import { run } from "clingo-wasm";

/** A choice of packages as clingo is to see it. Packages and names are numbers. */
export interface Choices {
  /** By package: its name, and its cost for each criterion. */
  readonly packages: readonly { readonly name: number; readonly costs: readonly number[] }[];
  /** What it costs to have none of a name. */
  readonly absence: ReadonlyMap<number, readonly number[]>;
  /** If the package is chosen (always, if undefined), one of the others must be. */
  readonly clauses: readonly (readonly [number | undefined, readonly number[]])[];
  readonly conflicts: readonly (readonly [number, number])[];
}

/** The least costs, criterion by criterion; undefined if nothing fulfils the clauses. */
export async function leastCosts(
  choices: Choices,
  criteria: number,
): Promise<number[] | undefined> {
  const lines = [
    "{ in(P) : package(P,N) } 1 :- name(N).",
    "none(N) :- absence(N), not some(N).",
    "some(N) :- in(P), package(P,N).",
  ];
  const names = new Set(choices.packages.map(({ name }) => name));
  for (const name of names) lines.push(`name(${name}).`);
  choices.packages.forEach(({ name, costs }, id) => {
    lines.push(`package(${id},${name}).`);
    costs.forEach((cost, criterion) => {
      if (cost > 0) lines.push(`cost(in(${id}),${criteria - criterion},${cost}).`);
    });
  });
  for (const [name, costs] of choices.absence) {
    lines.push(`absence(${name}).`);
    costs.forEach((cost, criterion) => {
      if (cost > 0) lines.push(`cost(none(${name}),${criteria - criterion},${cost}).`);
    });
  }
  for (const [id, alternatives] of choices.clauses) {
    const body = alternatives.map((other) => `not in(${other})`);
    if (id !== undefined) body.unshift(`in(${id})`);
    lines.push(`:- ${body.length === 0 ? "#true" : body.join(", ")}.`);
  }
  for (const [one, other] of choices.conflicts) lines.push(`:- in(${one}), in(${other}).`);
  for (let level = 1; level <= criteria; level++) {
    lines.push(`#minimize { 0@${level} }.`);
    lines.push(`#minimize { C@${level},P : in(P), cost(in(P),${level},C) }.`);
    lines.push(`#minimize { C@${level},n,N : none(N), cost(none(N),${level},C) }.`);
  }
  lines.push("#show in/1.");
  const result = await run(lines.join("\n"), 0, ["--opt-strategy=usc"]);
  if (result.Result === "ERROR") throw new Error(result.Error);
  if (result.Result === "UNSATISFIABLE") return undefined;
  if (result.Result !== "OPTIMUM FOUND") throw new Error(result.Result);
  // Among the solutions are reports of lower bounds, without costs.
  return result.Call.flatMap(({ Witnesses }) => Witnesses).findLast(({ Costs }) => Costs)?.Costs;
}
