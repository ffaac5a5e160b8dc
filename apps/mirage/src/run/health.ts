import { setTimeout as delay } from "node:timers/promises";
import {
  type AskedInstance,
  askInstance,
  type HealthState,
  type Registration,
} from "@mirage/instances";
import { watchHealth } from "@mirage/launch";
import { patienceMs } from "../operate/ask.js";

/** The instance of this process, as it is asked. */
export function supervised({ name, folder }: Registration): AskedInstance {
  return { name, folder, user: "this user", status: "running" };
}

export interface LookedAfter {
  readonly intervalSeconds: number;
  /** Nobody asks what somebody has had pause. */
  isPaused(): boolean;
  /** Its state has changed. */
  changed(health: HealthState): void;
}

/** Looks at the health of an instance of this process until the signal. */
export function lookAfter(
  instance: AskedInstance,
  { intervalSeconds, isPaused, changed }: LookedAfter,
  signal: AbortSignal,
): Promise<void> {
  return watchHealth({
    ask: async () => {
      const { problem } = await askInstance(instance, "health", { timeoutMs: patienceMs });
      return typeof problem === "string" ? problem : undefined;
    },
    pause: async () => {
      do {
        await delay(intervalSeconds * 1000, undefined, { signal, ref: false }).catch(() => {});
      } while (isPaused() && !signal.aborted);
      return !signal.aborted;
    },
    changed,
  });
}
