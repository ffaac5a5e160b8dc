import { configuredApplication } from "@mirage/application";
import { launcherOf, type RunFlags } from "@mirage/launch";
import { loadApplication } from "../load-application.js";
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
  const application = await configuredApplication((await loadApplication(file)).configuration);
  if (options.dryRun) {
    await perform(await (await launcherOf(application.target)).plan(application, options), options);
  } else if (options.detach) {
    process.exitCode = await detach(application, options);
  } else {
    process.exitCode = await keep(application, options, await noted(application, options));
  }
}
