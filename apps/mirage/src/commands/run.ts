import { planRun } from "@mirage/runner";
import { loadApplication } from "../application.js";
import { applicationToRun, type RunFlags } from "../application-to-run.js";
import { detach } from "../detach.js";
import { keep, noted } from "../keep.js";
import { perform } from "../perform.js";
import { runOptions } from "../run-process.js";
import { planXen } from "../run-xen.js";

interface RunCommandOptions extends RunFlags {
  readonly detach?: true;
  readonly dryRun?: true;
}

/** `mirage run`: starts the program, says what happens to it, and ends as it ends. */
export async function run(file: string | undefined, options: RunCommandOptions): Promise<void> {
  const application = await applicationToRun((await loadApplication(file)).configuration);
  if (options.dryRun) {
    const isXen = application.target.run.as === "xen";
    await perform(
      isXen ? await planXen(application, options) : planRun(runOptions(application, options)),
      options,
    );
  } else if (options.detach) {
    process.exitCode = await detach(application, options);
  } else {
    process.exitCode = await keep(application, options, await noted(application, options));
  }
}
