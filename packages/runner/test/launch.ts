import { accessSync, constants } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach } from "vitest";
import type { RunEvent, RunningUnikernel, RunOptions } from "../src/index.js";
import { privateNetwork } from "../src/namespace.js";
import { start } from "../src/start.js";
import { guest } from "./setup.js";

const running: RunningUnikernel[] = [];

afterEach(async () => {
  for (const run of running.splice(0)) {
    void run.stop("SIGKILL").catch(() => {});
    await run.stop().catch(() => {});
  }
});

/** Options that run the stand-in with behaviours of `serve.mjs`. */
export function standIn(
  behaviours: readonly string[],
  options: Partial<RunOptions> = {},
): RunOptions {
  const serve = fileURLToPath(new URL("serve.mjs", import.meta.url));
  return {
    mode: "direct",
    binary: guest,
    args: ["10.0.0.2", process.execPath, serve, ...behaviours],
    forwardSignals: false,
    sandbox: "none", // it makes a network of its own
    ...options,
  };
}

export interface Launched extends RunningUnikernel {
  /** All events so far. */
  readonly seen: readonly RunEvent[];
  /** The first event of that type, as soon as there is one. */
  event<T extends RunEvent["type"]>(type: T): Promise<Extract<RunEvent, { type: T }>>;
}

/** Starts a unikernel that is ended after the test. */
export function launch(options: RunOptions): Launched {
  const run = start(options);
  running.push(run);
  const seen: RunEvent[] = [];
  let wake = () => {};
  let ended = false;
  void (async () => {
    for await (const event of run.events) {
      seen.push(event);
      wake();
    }
    ended = true;
    wake();
  })();
  return {
    ...run,
    seen,
    async event(type) {
      for (;;) {
        for (const event of seen) if (event.type === type) return event as never;
        if (ended) {
          await run.exit;
          throw new Error(`no event ${type}: ${JSON.stringify(seen)}`);
        }
        const before = wake;
        await new Promise<void>((resolve) => {
          wake = () => {
            before();
            resolve();
          };
        });
      }
    },
  };
}

/** Why nothing can be published on this machine; undefined if it can. */
export function cannotPublish(): string | undefined {
  try {
    privateNetwork();
    accessSync("/dev/net/tun", constants.R_OK | constants.W_OK);
    return undefined;
  } catch (error) {
    return String(error);
  }
}
