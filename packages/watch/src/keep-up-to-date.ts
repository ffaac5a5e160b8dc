import type { FileChanges } from "./watch-files.js";

/** A program that runs. */
export interface Running {
  /** Settles when it has ended and left nothing behind; never rejects. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

export interface WatchedProgram {
  readonly changes: FileChanges;
  /** Brings the program up to date, at first without a change. @throws if that fails */
  build(changed: readonly string[], signal: AbortSignal): Promise<void>;
  /** Something that is equal as long as the built program is the same. */
  fingerprint(): Promise<string>;
  /** Starts it, when none runs. @throws if that fails */
  start(): Promise<Running>;
  /** What build or start threw: the program that runs, if there is one, goes on. */
  onFailure(error: unknown): void;
  /** It is the same as before, or it is about to be replaced. */
  onBuilt(outcome: "same" | "changed"): void;
}

/**
 * Builds and starts a program, and replaces it whenever files change and building it succeeds, until `signal`
 * is aborted. A build that fails leaves alone what runs. Changes during a build are for the next one.
 */
export async function keepUpToDate(program: WatchedProgram, signal: AbortSignal): Promise<void> {
  let running: Running | undefined;
  let print = "";

  async function start(): Promise<void> {
    try {
      print = await program.fingerprint();
      const started = await program.start();
      running = started;
      void started.ended.then(() => {
        if (running === started) running = undefined;
      });
    } catch (error) {
      program.onFailure(error);
    }
  }

  async function replace(changed: readonly string[]): Promise<void> {
    try {
      await program.build(changed, signal);
    } catch (error) {
      if (!signal.aborted) program.onFailure(error);
      return;
    }
    const isSame = running !== undefined && (await program.fingerprint()) === print;
    program.onBuilt(isSame ? "same" : "changed");
    if (isSame || signal.aborted) return;
    await running?.stop();
    running = undefined;
    await start();
  }

  for (let changed: readonly string[] = []; !signal.aborted; ) {
    await replace(changed);
    changed = await program.changes.next(signal);
  }
  await running?.stop();
}
