import { resolve } from "node:path";
import { MirageError } from "@mirage/diagnostics";
import { type NewInstance, type Registration, register } from "@mirage/instances";
import type { ApplicationToRun, RunFlags, Watcher } from "../application-to-run.js";
import { say } from "../terminal/terminal.js";

/** How the run is noted for `mirage ps`. */
export function newInstance(
  { configuration, name, target }: ApplicationToRun,
  flags: RunFlags,
): Omit<NewInstance, "isDetached"> {
  return {
    name: flags.name ?? name,
    isExact: flags.name !== undefined,
    target: target.name,
    conf: resolve(configuration.file),
  };
}

/** Notes a run in the foreground; without a place for notes, it goes on all the same. */
export async function noted(
  application: ApplicationToRun,
  flags: RunFlags,
): Promise<Registration | undefined> {
  try {
    return await register({ ...newInstance(application, flags), isDetached: false });
  } catch (error) {
    if (error instanceof MirageError) throw error;
    say(`\`mirage ps\` will not show it: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}

/** Runs the application to its end, keeps its record up to date, and returns the exit code. */
export async function keep(
  application: ApplicationToRun,
  flags: RunFlags,
  instance: Registration | undefined,
  onReady: () => void = () => {},
): Promise<number> {
  let wasAsked = false;
  const watcher: Watcher = {
    note: (news) => {
      instance
        ?.update(news)
        .catch((error) => say(`its record cannot be written: ${error.message}`));
    },
    ready: onReady,
    asked: () => {
      wasAsked = true;
    },
  };
  try {
    const run = await runner(application, flags);
    const code = await run(application, flags, watcher);
    // What ended by itself while nobody looked on is to be found; the rest was seen.
    await (instance?.log && !wasAsked ? instance.end(code) : instance?.forget());
    return code;
  } catch (error) {
    await instance?.forget();
    throw error;
  }
}

/** The code of what is not run is not loaded. */
async function runner({ target }: ApplicationToRun, { watch }: RunFlags) {
  if (target.run.as === "process") {
    if (watch) return (await import("./run-watched.js")).runWatched;
    return (await import("./run-process.js")).runProcess;
  }
  if (!watch) return (await import("./run-xen.js")).runXen;
  throw new MirageError("ERR_MIRAGE_USAGE", "--watch replaces processes, not domains", {
    hint: "leave it out, or configure with --unix while you write the program",
    exitCode: 2,
  });
}
