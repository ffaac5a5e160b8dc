import { basename, resolve } from "node:path";
import { buildProducts, checkLibraries, compatibilityWarnings, generate } from "@mirage/codegen";
import { renderDiagnostic } from "@mirage/diagnostics";
import { Libraries } from "@mirage/findlib";
import {
  ensureInstalled,
  type InstallRequest,
  installationPlan,
  installationStatus,
  libraryPath,
  type OpamPackage,
} from "@mirage/opam-driver";
import { type ProjectState, planGenerate } from "@mirage/project";
import { loadApplication } from "../application.js";
import { Dependencies } from "../dependencies.js";
import type { OpamOptions } from "../installation.js";
import { selectTarget, type TargetFlags } from "../target.js";
import { interruptible, perform } from "../terminal/perform.js";
import { say, stderrColor } from "../terminal/terminal.js";

interface ConfigureOptions extends OpamOptions, TargetFlags {
  /** False with `--no-install`. */
  readonly install: boolean;
  readonly locked?: true;
  readonly force?: true;
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
  for (const warning of compatibilityWarnings(configuration)) {
    say(renderDiagnostic(warning, { color: stderrColor() }));
  }
  const name = configuration.name.value;
  const dependencies = await Dependencies.of(configuration, target, options);
  const { directory } = dependencies;
  const { root, switch: opamSwitch } = dependencies.opam;
  const writes = await planGenerate({
    directory,
    state: {
      conf: basename(configuration.file),
      target: target.name,
      name,
      products: buildProducts(configuration, target),
      ...namedOpam(options),
    },
    files: generate(configuration, target, { opam: { root, switch: opamSwitch } }),
    force: options.force === true,
  });
  const checkInstalled = () =>
    checkLibraries(
      configuration,
      target,
      async () => new Libraries(await libraryPath(dependencies.opam)),
    );
  await checkInstalled();
  const chosen = options.locked ? await dependencies.locked() : await dependencies.chosen();
  const request = dependencies.request(chosen);
  if (options.dryRun) {
    const install = options.install ? await installationPlan(request) : [];
    await perform([...install, ...writes], options);
    return;
  }
  if (options.install) {
    await interruptible((signal) => ensureInstalled({ ...request, signal, onProgress: say }));
    await checkInstalled();
  }
  await perform(writes, options);
  if (!options.install) await sayWhatIsMissing(request);
  say(`${name} is configured for ${target.doc}: \`mirage build\` compiles it`);
}

function namedOpam({ opamRoot: root, switch: name }: OpamOptions): Pick<ProjectState, "opam"> {
  if (root === undefined && name === undefined) return {};
  return { opam: { ...(root && { root: resolve(root) }), ...(name && { switch: name }) } };
}

async function sayWhatIsMissing(request: InstallRequest): Promise<void> {
  const { installed, missing, missingSystemPackages } = await installationStatus(request);
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
