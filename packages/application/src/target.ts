import { basename, dirname, resolve } from "node:path";
import { MirageError } from "@mirage/diagnostics";
import { type ProjectState, readState } from "@mirage/project";
import { architectures, hostArchitecture, type Target, targets } from "@mirage/types";

/** The flags of targets that a command line holds, by their names without the dashes. */
export type TargetFlags = Readonly<Record<string, unknown>>;

/**
 * The target of a command line: `--socket` refines `--unix`; without a flag, the first there is.
 * @throws MirageError `ERR_MIRAGE_USAGE` for flags that exclude each other
 */
export function selectTarget(flags: TargetFlags): Target {
  return forProcessors(selectKind(flags), flags.arch);
}

/** @throws MirageError `ERR_MIRAGE_USAGE` */
function forProcessors(target: Target, name: unknown): Target {
  if (name === undefined || name === hostArchitecture()?.name) return target;
  const architecture = architectures.find((candidate) => candidate.name === name);
  if (architecture) return { ...target, architecture: architecture.name };
  const known = architectures.map((candidate) => `\`${candidate.name}\``).join(" and ");
  throw new MirageError("ERR_MIRAGE_USAGE", `--arch ${name}: there are ${known}`, {
    hint: "without it, the program is for this machine's processors",
    exitCode: 2,
  });
}

function selectKind(flags: TargetFlags): Target {
  const chosen: readonly Target[] = targets.filter(({ flag }) => flags[flag.slice("--".length)]);
  const [target = targets[0], ...others] = chosen.some(({ name }) => name === "unix-socket")
    ? chosen.filter(({ name }) => name !== "unix-direct")
    : chosen;
  if (others.length > 0) {
    const named = chosen.map(({ flag }) => flag).join(" and ");
    throw new MirageError("ERR_MIRAGE_USAGE", `${named} exclude each other`, {
      hint: "choose one target",
      exitCode: 2,
    });
  }
  return target;
}

/** The target of a command line that names one; else the one that the application is configured for. */
export async function configuredTarget(conf: string, flags: TargetFlags): Promise<Target> {
  const state = await readState(dirname(resolve(conf)));
  return targetOf(state?.conf === basename(conf) ? state : undefined, flags);
}

/** The target of a command line that names one; else the one that a folder is configured for. */
export async function targetOfFolder(directory: string, flags: TargetFlags): Promise<Target> {
  return targetOf(await readState(directory), flags);
}

function targetOf(state: ProjectState | undefined, flags: TargetFlags): Target {
  const isNamed = targets.some(({ flag }) => flags[flag.slice("--".length)]);
  if (isNamed || state === undefined) return selectTarget(flags);
  return forProcessors(targetNamed(state.target), flags.arch ?? state.architecture);
}

/**
 * The target that `configure` noted in the application folder.
 * @throws MirageError `ERR_MIRAGE_UNKNOWN_TARGET`
 */
export function notedTarget(state: Pick<ProjectState, "target" | "architecture">): Target {
  return forProcessors(targetNamed(state.target), state.architecture);
}

function targetNamed(name: string): Target {
  const target = targets.find((candidate) => candidate.name === name);
  if (target) return target;
  throw new MirageError("ERR_MIRAGE_UNKNOWN_TARGET", `this mirage has no target ${name}`, {
    hint: "run `mirage configure` again",
  });
}
