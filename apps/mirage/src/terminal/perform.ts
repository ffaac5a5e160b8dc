import {
  describePlan,
  execute,
  interruptible,
  type Plan,
  type PlanEvent,
  planData,
} from "@mirage/plan";
import { print, say } from "./terminal.js";

/** Executes a plan with a line of progress for each command; or prints it, as lines or as JSON. */
export async function perform(
  plan: Plan,
  options: { readonly dryRun?: true; readonly json?: true },
): Promise<void> {
  if (options.dryRun && options.json) print(JSON.stringify(planData(plan), undefined, 2));
  else if (options.dryRun) print(describePlan(plan, { cwd: process.cwd() }));
  else await interruptible((signal) => execute(plan, { signal, onEvent: progress }));
}

/** A line for each command that is run. */
export function progress(event: PlanEvent): void {
  if (event.kind === "start" && event.action.kind === "run") {
    say(event.action.title ?? event.action.command);
  }
}
