import { basename, resolve } from "node:path";
import {
  buildProducts,
  checkLibraries,
  generate,
  type OpamLocation,
  ownedPaths,
} from "@mirage/codegen";
import type { Configuration } from "@mirage/conf";
import { type Agreed, Dependencies, type OpamOptions } from "@mirage/dependencies";
import type { Diagnostic } from "@mirage/diagnostics";
import { Libraries } from "@mirage/findlib";
import {
  type EnsureOptions,
  ensureInstalled,
  type InstallRequest,
  installationPlan,
  installationStatus,
  libraryPath,
  type OpamTarget,
  sysrootVariables,
} from "@mirage/opam-driver";
import type { Plan } from "@mirage/plan";
import { type ProjectState, planGenerate, readState } from "@mirage/project";
import type { Target } from "@mirage/types";
import { problemsOf, refuseErrors } from "./check/index.js";

export interface ConfigureOptions extends OpamOptions {
  /** Exactly the packages of the lock file. */
  readonly locked?: boolean;
  /** Overwrite generated files that somebody edited. */
  readonly force?: boolean;
  /** What the user's switch may lose; nothing if not given. */
  readonly agreed?: Agreed;
}

/** What configuring an application comes to: packages to install, then files to write. */
export class ConfigurePlan {
  /** What writes the generated files and notes them. */
  readonly writes: Plan;
  /** The other .conf file for which the folder was configured until now, and its program. */
  readonly replaced: { readonly conf: string; readonly program: string } | undefined;
  /** Packages whose build rules came with the folder: installing them runs these. */
  readonly carried: ReturnType<Dependencies["carried"]>;
  readonly #request: InstallRequest;
  /** What is not right, but no error. */
  readonly warnings: readonly Diagnostic[];
  readonly #checkInstalled: () => Promise<readonly Diagnostic[]>;

  private constructor(
    writes: Plan,
    request: InstallRequest,
    findings: {
      readonly warnings: readonly Diagnostic[];
      readonly checkInstalled: () => Promise<readonly Diagnostic[]>;
      readonly other: ProjectState | undefined;
      readonly carried: ReturnType<Dependencies["carried"]>;
    },
  ) {
    const { warnings, checkInstalled, other, carried } = findings;
    this.carried = carried;
    this.writes = writes;
    this.warnings = warnings;
    this.replaced = other && { conf: other.conf, program: other.products[0] ?? "" };
    this.#request = request;
    this.#checkInstalled = checkInstalled;
  }

  /**
   * Checks all that can be checked, chooses the packages, generates the files; changes nothing.
   * @throws MirageError for what cannot be installed, built or written
   */
  static async of(
    configuration: Configuration,
    target: Target,
    options: ConfigureOptions,
  ): Promise<ConfigurePlan> {
    const dependencies = await Dependencies.of(configuration, target, options);
    const { directory, opam } = dependencies;
    const writes = await planGenerate({
      directory,
      state: {
        conf: basename(configuration.file),
        target: target.name,
        ...(target.architecture === undefined ? {} : { architecture: target.architecture }),
        name: configuration.name.value,
        products: buildProducts(configuration, target),
        ...namedOpam(options, opam),
      },
      files: generate(configuration, target, {
        opam: { root: opam.root, switch: opam.switch, ...buildEnvironment(opam) },
      }),
      force: options.force === true,
      owned: ownedPaths(configuration),
    });
    const checkForbidden = () =>
      checkLibraries(configuration, target, async () => new Libraries(await libraryPath(opam)));
    await checkForbidden();
    const chosen = options.locked ? await dependencies.locked() : await dependencies.chosen();
    await dependencies.checkLosses(chosen, options.agreed ?? { removals: [], downgrades: [] });
    const request = dependencies.request(chosen);
    const judge = async () => {
      const problems = await problemsOf(configuration, target, dependencies, request);
      refuseErrors(problems, configuration.file);
      return problems;
    };
    const warnings = await judge();
    const checkInstalled = async () => {
      await checkForbidden();
      return judge();
    };
    const before = await readState(directory);
    const other = before?.conf === basename(configuration.file) ? undefined : before;
    const carried = dependencies.carried(chosen);
    return new ConfigurePlan(writes, request, { warnings, checkInstalled, other, carried });
  }

  /** Where the packages go. */
  get opam(): OpamTarget {
    return this.#request.target;
  }

  /** What `install` would do. */
  installation(): Promise<Plan> {
    return installationPlan(this.#request);
  }

  /** What of the packages is installed, and what is missing. */
  status(): ReturnType<typeof installationStatus> {
    return installationStatus(this.#request);
  }

  /**
   * Installs what is missing, and returns what is not right then, but no error.
   * @throws MirageError, also for what turns out to be wrong when all is there
   */
  async install(
    options: Pick<EnsureOptions, "signal" | "onProgress" | "onOutput">,
  ): Promise<readonly Diagnostic[]> {
    await ensureInstalled({ ...this.#request, ...options });
    return this.#checkInstalled();
  }
}

/** What compiles for other processors, if the program is for such. */
function buildEnvironment({ sysroot }: OpamTarget): Pick<OpamLocation, "environment"> {
  return sysroot === undefined ? {} : { environment: sysrootVariables(sysroot) };
}

/** What was named, with paths that hold wherever a later command is started. */
function namedOpam(
  { opamRoot: root, switch: name }: OpamOptions,
  target: OpamTarget,
): Pick<ProjectState, "opam"> {
  if (root === undefined && name === undefined) return {};
  return {
    opam: { ...(root && { root: resolve(root) }), ...(name && { switch: target.switch }) },
  };
}
