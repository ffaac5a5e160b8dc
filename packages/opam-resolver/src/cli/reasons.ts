import { whatIfInWords } from "../explain/what-if.js";
import { reasonsFor, reasonsInWords } from "../explain/why.js";
import type { Plan } from "../resolve/resolve.js";
import type { Question, Resolver } from "../resolver.js";
import { exit } from "./exit-codes.js";
import type { CliOptions } from "./options.js";
import { print } from "./output.js";

/** Answers `--why` or `--what-if`, and returns the exit code. */
export async function printReasons(
  { why, whatIf, output }: CliOptions,
  resolver: Resolver,
  question: Question,
  plan: Plan,
): Promise<number> {
  const name = why ?? whatIf ?? "";
  const answers: unknown[] = [];
  const lines: string[] = [];
  if (why !== undefined) {
    const reasons = reasonsFor(plan, why);
    if (reasons !== undefined) {
      answers.push(reasons);
      lines.push(...reasonsInWords(reasons));
    }
  }
  if (whatIf !== undefined) {
    const answer = await resolver.whatIfNewer(question, whatIf);
    if (answer !== undefined) {
      answers.push(answer);
      lines.push(...whatIfInWords(answer));
    }
  }
  if (lines.length === 0) {
    process.stderr.write(`opam-resolve: ${name} is not part of the plan\n`);
    return exit.noPlan;
  }
  const text = output === "json" ? JSON.stringify(answers, undefined, 2) : lines.join("\n");
  print(`${text}\n`);
  return exit.plan;
}
