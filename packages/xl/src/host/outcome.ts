import { type ShutdownReason, shutdownReasons } from "./domain.js";

/** Why a domain ended: what its guest did, or `destroyed` from outside. */
export type EndReason = ShutdownReason | "destroyed";

/** What xl noted in its log about the end of a domain. */
export interface Outcome {
  readonly reason: EndReason;
  /** What xl does about it: a value of `on_poweroff` and its like. */
  readonly action?: string;
}

/**
 * Looks in the log of a domain, `/var/log/xen/xl-NAME.log`, for how the domain of that number ended.
 * Nothing if it has not, or if xl does not watch it (`xl create -e`, another toolstack).
 */
export function outcomeOf(log: string, id: number): Outcome | undefined {
  let outcome: Outcome | undefined;
  let isOurs = false;
  for (const line of log.split("\n")) {
    const [, subject, rest = ""] = /^Domain (\d+) (has .*)$/.exec(line) ?? [];
    if (subject !== undefined) isOurs = Number(subject) === id;
    if (!isOurs) continue;
    const [, code] = /^has shut down, reason code (\d+)/.exec(rest) ?? [];
    const reason = code === undefined ? undefined : shutdownReasons[Number(code)];
    if (reason) outcome = { reason };
    else if (rest.startsWith("has been destroyed")) outcome = { reason: "destroyed" };
    const [, action] = /^Action for shutdown reason code \d+ is (\S+)/.exec(line) ?? [];
    if (action !== undefined && outcome) outcome = { ...outcome, action };
  }
  return outcome;
}
