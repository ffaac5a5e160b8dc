import { basename, dirname, join, resolve } from "node:path";
import { buildProducts, compatibilityWarnings, generate, opamPackages } from "@mirage/codegen";
import { renderDiagnostic } from "@mirage/diagnostics";
import {
  ensureInstalled,
  type InstallRequest,
  installationPlan,
  previewInstallation,
} from "@mirage/opam-driver";
import { planGenerate, stateFolder } from "@mirage/project";
import { loadApplication } from "../application.js";
import { type OpamOptions, prepareInstallation } from "../installation.js";
import { interruptible, perform } from "../perform.js";
import { selectTarget, type TargetFlags } from "../target.js";
import { say, stderrColor } from "../terminal.js";

interface ConfigureOptions extends OpamOptions, TargetFlags {
  /** False with `--no-install`. */
  readonly install: boolean;
  readonly force?: true;
  readonly dryRun?: true;
}

/** `mirage configure`: checks everything first, then installs, then writes. */
export async function configure(
  file: string | undefined,
  options: ConfigureOptions,
): Promise<void> {
  const target = selectTarget(options);
  const { configuration } = await loadApplication(file);
  for (const warning of compatibilityWarnings(configuration)) {
    say(renderDiagnostic(warning, { color: stderrColor() }));
  }
  const directory = dirname(resolve(configuration.file));
  const name = configuration.name.value;
  const packages = opamPackages(configuration, target);
  const installation = await prepareInstallation(options);
  const { root, switch: opamSwitch } = installation.opam;
  const writes = await planGenerate({
    directory,
    state: {
      conf: basename(configuration.file),
      target: target.name,
      name,
      products: buildProducts(configuration, target),
    },
    files: generate(configuration, target, { opam: { root, switch: opamSwitch } }),
    force: options.force === true,
  });
  const request = installation.request(packages, join(stateFolder(directory), "opam.log"));
  if (options.dryRun) {
    const install = options.install ? await installationPlan(request) : [];
    await perform([...install, ...writes], options);
    return;
  }
  if (options.install) {
    await interruptible((signal) => ensureInstalled({ ...request, signal, onProgress: say }));
  }
  await perform(writes, options);
  if (!options.install) await sayWhatIsMissing(request);
  say(`${name} is configured for ${target.doc}: \`mirage build\` compiles it`);
}

async function sayWhatIsMissing(request: InstallRequest): Promise<void> {
  const { packages, systemPackages } = await previewInstallation(request);
  if (packages.length + systemPackages.length === 0) {
    say("everything that the application needs is installed already");
    return;
  }
  say("nothing was installed; the application needs");
  const opam = packages.map(({ name, version }) => `${name}.${version}`);
  if (opam.length > 0) say(`  from opam: ${opam.join(" ")}`);
  if (systemPackages.length > 0) say(`  from the distribution: ${systemPackages.join(" ")}`);
}
