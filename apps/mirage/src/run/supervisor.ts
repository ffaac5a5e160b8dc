// The process behind `mirage run --detach`: started by `detach.ts`, with its output going to a log.

import { configuredApplication } from "@mirage/application";
import { adopt } from "@mirage/instances";
import type { RunFlags } from "@mirage/launch";
import { loadApplication } from "../load-application.js";
import { report } from "../terminal/report.js";
import { supervise } from "./supervise.js";

/** What it is told, once, over its IPC channel; it answers with "ready" and closes the channel. */
export interface SupervisorJob {
  readonly conf: string;
  readonly flags: RunFlags;
  /** The folder of its instance. */
  readonly folder: string;
}

// On a full disk the log is cut, and the program goes on.
for (const output of [process.stdout, process.stderr]) output.on("error", () => {});

process.once("message", async (job: SupervisorJob) => {
  process.exit(await superviseInBackground(job));
});

async function superviseInBackground({ conf, flags, folder }: SupervisorJob): Promise<number> {
  try {
    const instance = await adopt(folder);
    const application = await configuredApplication((await loadApplication(conf)).configuration);
    return await supervise(application, flags, instance, tellReady);
  } catch (error) {
    return report(error, false);
  }
}

function tellReady(): void {
  if (!process.connected) return;
  process.send?.("ready", undefined, undefined, () => {
    if (process.connected) process.disconnect();
  });
}
