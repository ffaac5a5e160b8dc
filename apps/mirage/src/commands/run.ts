import { type ConfiguredApplication, configuredApplication } from "@mirage/application";
import { MirageError } from "@mirage/diagnostics";
import {
  type EnvironmentFlags,
  launcherOf,
  parseRestart,
  type RunFlags,
  readEnvironment,
  requireSuitable,
} from "@mirage/launch";
import { loadApplication } from "../load-application.js";
import { detach } from "../run/detach.js";
import { noted, supervise } from "../run/supervise.js";
import { perform } from "../terminal/perform.js";

interface RunCommandOptions extends Omit<RunFlags, "environment">, EnvironmentFlags {
  readonly detach?: true;
  readonly dryRun?: true;
  readonly json?: true;
  /** How another tool would run it, such as `libvirt`. */
  readonly print?: string;
}

/** `mirage run`: starts the program, says what happens to it, and ends as it ends. */
export async function run(
  file: string | undefined,
  { env, envFile, ...given }: RunCommandOptions,
): Promise<void> {
  const environment = await readEnvironment({
    ...(env ? { env } : {}),
    ...(envFile === undefined ? {} : { envFile }),
  });
  const options = { ...given, environment };
  checkRestart(options);
  const application = await configuredApplication((await loadApplication(file)).configuration);
  requireSuitable(application.target, options);
  if (options.print !== undefined) {
    process.stdout.write(await described(application, options, options.print));
  } else if (options.dryRun) {
    await perform(await (await launcherOf(application.target)).plan(application, options), options);
  } else if (options.detach) {
    process.exitCode = await detach(application, options);
  } else {
    process.exitCode = await supervise(application, options, await noted(application, options));
  }
}

function checkRestart({ restart, watch }: RunFlags): void {
  if (restart === undefined) return;
  parseRestart(restart);
  if (!watch) return;
  throw new MirageError("ERR_MIRAGE_USAGE", "--restart and --watch exclude each other", {
    hint: "with --watch, a change starts it again",
    exitCode: 2,
  });
}

async function described(
  application: ConfiguredApplication,
  flags: RunFlags,
  form: string,
): Promise<string> {
  const { describe } = await launcherOf(application.target);
  if (describe) return describe(application, flags, form);
  throw new MirageError("ERR_MIRAGE_USAGE", "--print is for virtual machines", {
    hint: "`mirage configure --virtio` makes the kernel of one",
    exitCode: 2,
  });
}
