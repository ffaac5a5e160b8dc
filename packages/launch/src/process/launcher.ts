import { checkDisks } from "../disks.js";
import type { Launcher } from "../launcher.js";
import { planProcess, runProcess } from "./run.js";

/** Processes of this machine, on TAP devices or sockets. */
export const processLauncher: Launcher = {
  patience: 10, // the runner gives a process 5 seconds
  plan: planProcess,
  async run(application, flags, observer) {
    await checkDisks(application); // the runtime locks them
    if (!flags.watch) return runProcess(application, flags, observer);
    const { runWatched } = await import("./watch.js");
    return runWatched(application, flags, observer);
  },
};
