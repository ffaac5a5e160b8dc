import type { Plan } from "@mirage/plan";
import { loadApplication } from "../application.js";
import { type ApplicationToRun, applicationToRun, type RunFlags } from "../application-to-run.js";
import { detach } from "../run/detach.js";
import { keep, noted } from "../run/keep.js";
import { perform } from "../terminal/perform.js";

interface RunCommandOptions extends RunFlags {
  readonly detach?: true;
  readonly dryRun?: true;
  readonly json?: true;
}

/** `mirage run`: starts the program, says what happens to it, and ends as it ends. */
export async function run(file: string | undefined, options: RunCommandOptions): Promise<void> {
  const application = await applicationToRun((await loadApplication(file)).configuration);
  if (options.dryRun) {
    await perform(await planOf(application, options), options);
  } else if (options.detach) {
    process.exitCode = await detach(application, options);
  } else {
    process.exitCode = await keep(application, options, await noted(application, options));
  }
}

async function planOf(application: ApplicationToRun, flags: RunFlags): Promise<Plan> {
  if (application.target.run.as === "xen") {
    const { planXen } = await import("../run/run-xen.js");
    return planXen(application, flags);
  }
  const { planProcess } = await import("../run/run-process.js");
  return planProcess(application, flags);
}
