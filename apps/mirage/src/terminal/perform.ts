import {
  describePlan,
  execute,
  interruptible,
  type Plan,
  type PlanEvent,
  planData,
} from "@mirage/plan";
import type { ProgressFlags } from "./progress/progress.js";
import { showingProgress } from "./progress/show.js";
import { print, say } from "./terminal.js";

/** Executes a plan and shows each command that it runs; or prints it, as lines or as JSON. */
export async function perform(
  plan: Plan,
  options: ProgressFlags & { readonly dryRun?: true; readonly json?: true },
): Promise<void> {
  if (options.dryRun && options.json) print(JSON.stringify(planData(plan), undefined, 2));
  else if (options.dryRun) print(describePlan(plan, { cwd: process.cwd() }));
  else {
    await showingProgress(options, (progress) =>
      interruptible((signal) =>
        execute(plan, {
          signal,
          onEvent: (event) => {
            const title = commandTitle(event);
            if (title !== undefined) progress.task(title);
          },
          onOutput: progress.output,
        }),
      ),
    );
  }
}

/** A line for each command that is run. */
export function progress(event: PlanEvent): void {
  const title = commandTitle(event);
  if (title !== undefined) say(title);
}

function commandTitle(event: PlanEvent): string | undefined {
  if (event.kind !== "start" || event.action.kind !== "run") return undefined;
  return event.action.title ?? event.action.command;
}
