import { resolve } from "node:path";
import type { ConfiguredApplication } from "@mirage/application";
import { MirageError } from "@mirage/diagnostics";
import {
  askInstance,
  controlSocket,
  type HealthState,
  type NewInstance,
  type Registration,
  register,
} from "@mirage/instances";
import {
  keepRunning,
  launcherOf,
  parseRestart,
  type RunFlags,
  type RunObserver,
} from "@mirage/launch";
import { report } from "../terminal/report.js";
import { say } from "../terminal/terminal.js";
import { lookAfter, supervised } from "./health.js";

/** How the run is noted for `mirage ps`. */
export function newInstance(
  { configuration, name, target }: ConfiguredApplication,
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
  application: ConfiguredApplication,
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

/**
 * A unikernel that was asked to end takes them until it has; one that comes later must not end the process
 * that is about to note it.
 */
const endings = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Waits; false if a signal that asks for the end comes first. */
function pause(ms: number): Promise<boolean> {
  return new Promise((settle) => {
    const over = (goesOn: boolean) => {
      clearTimeout(timer);
      for (const signal of endings) process.off(signal, onSignal);
      settle(goesOn);
    };
    const onSignal = () => over(false);
    const timer = setTimeout(over, ms, true);
    for (const signal of endings) process.on(signal, onSignal);
  });
}

/** Runs the application to its end, keeps its record up to date, and returns the exit code. */
export async function supervise(
  application: ConfiguredApplication,
  flags: RunFlags,
  instance: Registration | undefined,
  onReady: () => void = () => {},
): Promise<number> {
  let isAsked = false;
  let isRestarting = false;
  let isUnhealthy = false;
  let isPaused = false;
  const observer: RunObserver = {
    ...(instance ? { control: controlSocket(instance.folder) } : {}),
    note: (news) => {
      isPaused = news.isPaused ?? isPaused;
      instance
        ?.update(news)
        .catch((error) => say(`its record cannot be written: ${error.message}`));
    },
    ready: onReady,
    restart: () => {
      isRestarting = true;
    },
    asked: () => {
      if (isRestarting) return;
      isAsked = true;
      for (const signal of endings) process.on(signal, () => {});
    },
    say,
    output: (chunk) => void process.stdout.write(chunk),
    failed: (error) => void report(error, false),
  };
  const over = new AbortController();
  const changed = (health: HealthState) => {
    observer.note({ health });
    say(`it is ${health.state}${health.problem === undefined ? "" : `: ${health.problem}`}`);
    if (!instance || health.state === "healthy" || flags.restart === undefined) return;
    isUnhealthy = true;
    askInstance(supervised(instance), "restart").catch(observer.failed);
  };
  try {
    const { healthInterval } = flags;
    if (instance && healthInterval !== undefined) {
      const looked = { intervalSeconds: healthInterval, isPaused: () => isPaused, changed };
      void lookAfter(supervised(instance), looked, over.signal);
    }
    const launcher = await launcherOf(application.target);
    const run = async () => {
      for (;;) {
        isUnhealthy = false;
        const code = await launcher.run(application, flags, observer);
        if (isPaused) observer.note({ isPaused: false });
        if (!isRestarting) return code;
        isRestarting = false;
        if (isUnhealthy) return code || 1;
        observer.note({ phase: "starting" });
      }
    };
    const code =
      flags.restart === undefined
        ? await run()
        : await keepRunning(parseRestart(flags.restart), {
            run,
            isAsked: () => isAsked,
            restarting: (count, pauseMs, ended) => {
              observer.note({ restarts: count, phase: "starting" });
              say(`it ended with exit code ${ended} and is started again in ${pauseMs / 1000} s`);
            },
            failed: observer.failed,
            pause,
            now: () => performance.now(),
          });
    // What nobody looked on is to be found afterwards; the rest was seen.
    await (instance?.log ? instance.end(code) : instance?.forget());
    return code;
  } catch (error) {
    await instance?.forget();
    throw error;
  } finally {
    over.abort();
  }
}
