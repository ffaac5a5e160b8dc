import type { Plan } from "./action.js";

/** The effects a plan would leave behind, held in memory: what tests look at. */
export interface Recorded {
  /** Content by path, of all files written and not removed again. */
  readonly files: ReadonlyMap<string, string | Uint8Array>;
  readonly removed: readonly string[];
  /** Commands as their words. */
  readonly commands: readonly (readonly string[])[];
  readonly steps: readonly string[];
}

/** Interprets a plan without touching anything. */
export function record(plan: Plan): Recorded {
  const files = new Map<string, string | Uint8Array>();
  const removed: string[] = [];
  const commands: string[][] = [];
  const steps: string[] = [];
  for (const action of plan) {
    switch (action.kind) {
      case "write":
        files.set(action.path, action.content);
        break;
      case "remove":
        removed.push(action.path);
        for (const path of files.keys()) {
          if (path === action.path || path.startsWith(`${action.path}/`)) files.delete(path);
        }
        break;
      case "run":
        commands.push([action.command, ...action.args]);
        break;
      case "step":
        steps.push(action.title);
    }
  }
  return { files, removed, commands, steps };
}
