import { basename } from "node:path";
import { selectTarget, type TargetFlags } from "@mirage/application";
import { checkTrust, describeTrust } from "@mirage/application/check";
import { ConfigurePlan } from "@mirage/application/configure";
import { compatibilityWarnings } from "@mirage/codegen";
import type { OpamOptions } from "@mirage/dependencies";
import type { InstallProgress, OpamPackage } from "@mirage/opam-driver";
import { interruptible } from "@mirage/plan";
import { loadApplication, sayAll } from "../load-application.js";
import { perform } from "../terminal/perform.js";
import type { Progress, ProgressFlags } from "../terminal/progress/progress.js";
import { showingProgress } from "../terminal/progress/show.js";
import { complain, say } from "../terminal/terminal.js";

interface ConfigureOptions extends OpamOptions, TargetFlags, ProgressFlags {
  /** False with `--no-install`. */
  readonly install: boolean;
  readonly locked?: true;
  readonly allowRemoval?: readonly string[];
  readonly allowDowngrade?: readonly string[];
  readonly force?: true;
  readonly trustXl?: true;
  readonly dryRun?: true;
  readonly json?: true;
}

/** `mirage configure`: checks everything first, then installs, then writes. */
export async function configure(
  file: string | undefined,
  options: ConfigureOptions,
): Promise<void> {
  const target = selectTarget(options);
  const { configuration } = await loadApplication(file);
  describeTrust(checkTrust(configuration, options.trustXl)).forEach(complain);
  sayAll(compatibilityWarnings(configuration));
  const { allowRemoval: removals = [], allowDowngrade: downgrades = [] } = options;
  const agreed = { removals, downgrades };
  const plan = await ConfigurePlan.of(configuration, target, { ...options, agreed });
  for (const { name, path } of plan.carried) {
    complain(`opam runs the build rules of ${name}, which this folder carries: ${path}`);
  }
  if (options.dryRun) {
    const install = options.install ? await plan.installation() : [];
    await perform([...install, ...plan.writes], options);
    return;
  }
  if (options.install || plan.opam.owned) await sayWhereItGoes(plan);
  const warnings = options.install
    ? await showingProgress(options, (progress) => install(plan, progress, options))
    : plan.warnings;
  sayAll(warnings);
  await perform(plan.writes, options);
  if (plan.replaced) {
    const { conf, program } = plan.replaced;
    say(`this folder was configured for ${conf}; its program ${program} stays where it is`);
  }
  if (!options.install) await sayWhatIsMissing(plan);
  say(`${configuration.name.value} is configured for ${target.doc}: \`mirage build\` compiles it`);
}

/** What happens to a switch that is the user's, before it does. */
async function sayWhereItGoes(plan: ConfigurePlan): Promise<void> {
  const { root, switch: name, owned } = plan.opam;
  if (owned) {
    const active = process.env.OPAM_SWITCH_PREFIX;
    if (active !== undefined) {
      say(
        `the active opam switch ${basename(active.replace(/\/_opam$/, ""))} is left alone: --active-switch uses it`,
      );
    }
    return;
  }
  const { installed, missing } = await plan.status();
  if (missing.length === 0) return;
  say(`your switch ${name} (opam root ${root}) gets ${listed(missing)}`);
  if (installed.length > 0) say(`it has ${listed(installed)}`);
}

function install(
  plan: ConfigurePlan,
  progress: Progress,
  { verbose }: ProgressFlags,
): ReturnType<ConfigurePlan["install"]> {
  const onProgress = ({ task, text, ...news }: InstallProgress) => {
    if (text === undefined) progress.task(task);
    else progress.news({ text, ...news });
  };
  return interruptible((signal) =>
    plan.install({ signal, onProgress, ...(verbose ? { onOutput: progress.output } : {}) }),
  );
}

async function sayWhatIsMissing(plan: ConfigurePlan): Promise<void> {
  const { installed, missing, missingSystemPackages } = await plan.status();
  if (missing.length + missingSystemPackages.length === 0) {
    say("everything that the application needs is installed already");
    return;
  }
  say("nothing was installed; the application needs");
  if (missing.length > 0) say(`  from opam: ${listed(missing)}`);
  if (missingSystemPackages.length > 0) {
    say(`  from the distribution: ${missingSystemPackages.join(" ")}`);
  }
  if (installed.length > 0) say(`installed already: ${listed(installed)}`);
}

function listed(packages: readonly OpamPackage[]): string {
  return packages
    .map(({ name, version }) => (version === undefined ? name : `${name}.${version}`))
    .join(" ");
}
