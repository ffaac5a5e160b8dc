import type { HealthState } from "@mirage/instances";

/** Failures in a row that make a program unhealthy. */
const mostFailures = 3;

export interface HealthWatching {
  /** Asks the program: nothing if all is well, or what is wrong; rejects if it does not answer. */
  ask(): Promise<string | undefined>;
  /** Waits for the next time; false at the end. */
  pause(): Promise<boolean>;
  /** Its state has changed. */
  changed(health: HealthState): void;
}

/**
 * Asks a program again and again. It is healthy when it says so, and unhealthy when it has not three times
 * in a row; before its first answer it is neither, however long it takes to start.
 */
export async function watchHealth({ ask, pause, changed }: HealthWatching): Promise<void> {
  let failures = 0;
  let told: HealthState["state"] | undefined;
  while (await pause()) {
    const problem = await ask().catch((error: Error) => error.message);
    failures = problem === undefined ? 0 : failures + 1;
    if (problem === undefined && told !== "healthy") {
      told = "healthy";
      changed({ state: told });
    } else if (problem !== undefined && told === "healthy" && failures >= mostFailures) {
      told = "unhealthy";
      changed({ state: told, problem });
    }
  }
}
