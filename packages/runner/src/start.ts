import { execute, type Plan } from "@mirage/plan";
import { EventQueue } from "./event-queue.js";
import type { RunEvent } from "./events.js";
import { LocalRun, type LocalRunOptions } from "./local-run.js";
import { type RunOptions, type RunSpec, resolveOptions } from "./options.js";
import { checkBinary } from "./program.js";
import { PublishedRun } from "./published-run.js";
import type { Run } from "./run.js";
import type { Exit } from "./unikernel.js";

/** A unikernel that starts, runs, and ends. */
export interface RunningUnikernel {
  /** All that happens, from the first moment; for one reader. Ends when everything is torn down. */
  readonly events: AsyncIterable<RunEvent>;
  /**
   * How it ended, once everything is torn down. Rejects with the MirageError that kept it from
   * starting: ERR_MIRAGE_RUN_*, ERR_MIRAGE_TAP_*.
   */
  readonly exit: Promise<Exit>;
  /**
   * Asks it to end, with SIGTERM by default, and kills it after the grace time, or at once when it is
   * asked again. Settles like `exit`.
   */
  stop(signal?: NodeJS.Signals): Promise<Exit>;
}

const forwarded = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Starts a unikernel, and tears down whatever that took when it ends, however it ends. */
export function start(options: RunOptions): RunningUnikernel {
  const session = new Session(options);
  return {
    events: session.events,
    exit: session.exit,
    stop: (signal = "SIGTERM") => session.stop(signal),
  };
}

/**
 * What `start` would do, for a dry run.
 * @throws MirageError `ERR_MIRAGE_RUN_PUBLISH*` for wrong options
 */
export function planRun(options: RunOptions): Plan {
  return runOf(resolveOptions(options), { emit: () => {} }).plan;
}

function runOf(spec: RunSpec, options: LocalRunOptions): Run {
  return spec.ports.publications.length > 0
    ? new PublishedRun(spec, spec.ports, options)
    : new LocalRun(spec.local, options);
}

class Session {
  readonly events = new EventQueue<RunEvent>();
  readonly exit: Promise<Exit>;
  readonly #options: RunOptions;
  readonly #starting = new AbortController();
  #graceMs = 0;
  #run: Run | undefined;
  #state: "starting" | "running" | "over" = "starting";
  #stopSignal: NodeJS.Signals | undefined;
  #grace: NodeJS.Timeout | undefined;

  constructor(options: RunOptions) {
    this.#options = options;
    this.exit = this.#live();
    this.exit.catch(() => {}); // callers that need it await it
  }

  stop(signal: NodeJS.Signals): Promise<Exit> {
    if (this.#state === "over") return this.exit;
    if (this.#stopSignal !== undefined) {
      this.#kill("asked-again");
      return this.exit;
    }
    this.#stopSignal = signal;
    if (this.#state === "running") this.#askToEnd(signal);
    else this.#starting.abort();
    return this.exit;
  }

  async #live(): Promise<Exit> {
    const onSignal = (signal: NodeJS.Signals) => void this.stop(signal);
    const signals = this.#options.forwardSignals === false ? [] : forwarded;
    for (const signal of signals) process.on(signal, onSignal);
    try {
      const exit = await this.#startAndFollow();
      this.#end();
      await this.#run?.close();
      this.#emit({ type: "exited", ...exit });
      return exit;
    } finally {
      this.#end();
      await this.#run?.close();
      for (const signal of signals) process.off(signal, onSignal);
      this.events.end();
    }
  }

  async #startAndFollow(): Promise<Exit> {
    const spec = resolveOptions(this.#options);
    this.#graceMs = spec.graceMs;
    checkBinary(spec.local.binary);
    this.#emit({ type: "starting", binary: spec.local.binary });
    const { onOutput } = this.#options;
    const run = runOf(spec, {
      emit: (event) => this.#emit(event),
      ...(onOutput ? { onOutput } : {}),
    });
    this.#run = run;
    try {
      await execute(run.plan, { signal: this.#starting.signal });
    } catch (error) {
      if (this.#stopSignal === undefined) throw error;
      return { code: null, signal: this.#stopSignal };
    }
    this.#state = "running";
    if (this.#stopSignal !== undefined) this.#askToEnd(this.#stopSignal);
    return run.exit();
  }

  #askToEnd(signal: NodeJS.Signals): void {
    this.#emit({ type: "stopping", signal, graceMs: this.#graceMs });
    this.#run?.kill(signal);
    this.#grace = setTimeout(() => this.#kill("grace-over"), this.#graceMs);
  }

  #kill(reason: "grace-over" | "asked-again"): void {
    if (this.#state !== "running") return void this.#run?.close();
    this.#emit({ type: "killing", reason });
    this.#run?.kill("SIGKILL");
  }

  #end(): void {
    this.#state = "over";
    clearTimeout(this.#grace);
  }

  #emit(event: RunEvent): void {
    this.events.push(event);
  }
}
