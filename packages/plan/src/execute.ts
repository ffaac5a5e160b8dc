import { rm } from "node:fs/promises";
import { resolve } from "node:path";
import { fromSystemError, MirageError } from "@mirage/diagnostics";
import type { Action, Plan, StepContext } from "./action.js";
import { removeInside } from "./folder/remove.js";
import { writeInside } from "./folder/write.js";
import { runCommand } from "./run-command.js";
import { writeFileAtomically } from "./write-file.js";

/** What the interpreter tells its caller while it works. */
export type PlanEvent =
  | {
      readonly kind: "start";
      readonly action: Action;
      readonly index: number;
      readonly total: number;
    }
  | { readonly kind: "progress"; readonly action: Action; readonly text: string }
  /** `changed` is false for a file that had its content already. */
  | { readonly kind: "done"; readonly action: Action; readonly changed: boolean };

export interface ExecuteOptions {
  readonly onEvent?: (event: PlanEvent) => void;
  readonly signal?: AbortSignal;
  /** Gets what commands print that have no log; without it, stderr does. */
  readonly onOutput?: (text: string) => void;
}

/**
 * Performs the actions one after the other.
 * @throws the first failure, as a MirageError; `ERR_MIRAGE_INTERRUPTED` if the signal is aborted
 */
export async function execute(plan: Plan, options: ExecuteOptions = {}): Promise<void> {
  const signal = options.signal ?? new AbortController().signal;
  const { onEvent: tell = () => {}, onOutput = (text) => void process.stderr.write(text) } =
    options;
  for (const [index, action] of plan.entries()) {
    if (signal.aborted) throw new MirageError("ERR_MIRAGE_INTERRUPTED", "interrupted");
    tell({ kind: "start", action, index, total: plan.length });
    try {
      const progress = (text: string) => tell({ kind: "progress", action, text });
      const changed = await perform(action, { signal, progress }, onOutput);
      tell({ kind: "done", action, changed });
    } catch (error) {
      throw fromSystemError(error);
    }
  }
}

async function perform(
  action: Action,
  context: StepContext,
  onOutput: (text: string) => void,
): Promise<boolean> {
  switch (action.kind) {
    case "write":
      return action.within === undefined
        ? writeFileAtomically(action.path, action.content, action.mode)
        : writeInside(resolve(action.within), resolve(action.path), action.content, action.mode);
    case "remove":
      if (action.within !== undefined) removeInside(resolve(action.within), resolve(action.path));
      else await rm(action.path, { recursive: true, force: true });
      return true;
    case "run":
      await runCommand(action, context.signal, onOutput);
      return true;
    case "step":
      await action.perform(context);
      return true;
  }
}
