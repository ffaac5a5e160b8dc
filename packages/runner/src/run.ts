import type { Plan } from "@mirage/plan";
import type { Exit } from "./unikernel.js";

/** A unikernel that is started by the execution of a plan. */
export interface Run {
  readonly plan: Plan;
  /** How it ended. To be awaited after the plan was executed. */
  exit(): Promise<Exit>;
  /** Sends a signal to the unikernel; before it runs, nothing happens. */
  kill(signal: NodeJS.Signals): void;
  /** Releases whatever the plan took, however far it came. May be called twice. */
  close(): Promise<void>;
}
