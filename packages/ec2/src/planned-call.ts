import { type Action, costOf } from "./actions.js";

/** A call that a command would make. */
export interface PlannedCall {
  readonly action: Action;
  readonly region: string;
  readonly times: number;
  readonly what: string;
  /** What begins to cost money with it; nothing when it costs nothing. */
  readonly costs?: string;
}

export function plannedCall(action: Action, region: string, what: string, times = 1): PlannedCall {
  const costs = costOf(action);
  return { action, region, times, what, ...(costs === undefined ? {} : { costs }) };
}
