import { argumentOf, type NoPlan } from "../explain/explain.js";
import { suggestionsInWords } from "../explain/suggestions.js";
import type { Question, Resolver } from "../resolver.js";
import type { CliOptions } from "./options.js";
import { print } from "./output.js";

/** Prints why there is no plan; with `--explain`, what could be asked for instead. */
export async function printNoPlan(
  options: CliOptions,
  resolver: Resolver,
  question: Question,
  outcome: NoPlan,
): Promise<void> {
  const explanation = options.explain ? await resolver.explain(question) : undefined;
  const { lines } = explanation ?? argumentOf(outcome);
  const suggestions = explanation?.suggestions ?? [];
  if (options.output === "json") {
    const told = {
      outcome: outcome.kind,
      actions: [],
      reasons: lines,
      ...(options.explain && { suggestions: suggestions.map(({ text }) => text) }),
    };
    print(`${JSON.stringify(told, undefined, 2)}\n`);
    return;
  }
  print(noPlanInWords(outcome, lines));
  for (const line of suggestionsInWords(suggestions)) print(`${line}\n`);
}

/** Why there is no plan, a line for each sentence. */
export function noPlanInWords(outcome: NoPlan, lines = argumentOf(outcome).lines): string {
  return ["There is no solution:", ...lines.map((line) => `  - ${line}`), ""].join("\n");
}
