import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { programName } from "@mirage/codegen/program-name";
import type { Configuration } from "@mirage/conf";
import { requireConfFile } from "@mirage/conf/find";
import { MirageError } from "@mirage/diagnostics";
import { type ProjectState, readState } from "@mirage/project";
import type { Target } from "@mirage/types";
import { confPath } from "./find.js";
import { notedTarget } from "./target.js";

/** What `configure` made of an application folder. */
export interface ConfiguredFolder {
  /** Where the .conf file lies, absolute. */
  readonly directory: string;
  /** Name of the application. */
  readonly name: string;
  readonly target: Target;
  /** The program, relative to the directory. */
  readonly program: string;
}

/** An application that was configured for a target. */
export interface ConfiguredApplication extends ConfiguredFolder {
  readonly configuration: Configuration;
}

/**
 * The folder of an application, which holds one configured application at a time.
 * @throws MirageError if the file is not there, or is not the one that the folder is configured for
 */
export async function configuredFolder(file: string | undefined): Promise<ConfiguredFolder> {
  const { directory, state } = await requireConfigured(await confPath(file));
  const { name } = state;
  const target = notedTarget(state);
  // Not what the state says: it may have come with the folder, and this will be run.
  return { directory, name, target, program: programName({ name: { value: name } }, target) };
}

async function requireConfigured(
  path: string,
): Promise<{ directory: string; state: ProjectState }> {
  const directory = dirname(resolve(path));
  const state = await stateFor(path);
  if (state) return { directory, state };
  throw new MirageError("ERR_MIRAGE_NOT_CONFIGURED", `${path} has not been configured yet`, {
    hint: `run \`mirage configure ${path}\` first`,
  });
}

/**
 * What is noted of a .conf file's application; nothing if its folder was never configured.
 * @throws MirageError if the file is not there, or the folder is configured for another one
 */
export async function stateFor(path: string): Promise<ProjectState | undefined> {
  await requireConfFile(path);
  const state = await readState(dirname(resolve(path)));
  if (state === undefined || state.conf === basename(path)) return state;
  throw new MirageError(
    "ERR_MIRAGE_OTHER_CONFIGURED",
    `${path} is not configured: its folder is configured for ${state.conf}`,
    {
      hint: `\`mirage configure ${path}\` changes that; applications that are used side by side need a folder each`,
    },
  );
}

/** An application whose .conf file was read. @throws MirageError as \`configuredFolder\` does */
export async function configuredApplication(
  configuration: Configuration,
): Promise<ConfiguredApplication> {
  return { ...(await configuredFolder(configuration.file)), configuration };
}

/** The kernel that an application was built as, absolute. @throws MirageError where there is none */
export function builtKernel({ directory, name, target, program }: ConfiguredFolder): string {
  if (target.link.mode !== "object") {
    throw new MirageError("ERR_MIRAGE_NO_KERNEL", `${name} is configured for ${target.doc}`, {
      hint: "`mirage configure --xen` and `mirage build` make the kernel that a disk boots",
    });
  }
  const kernel = join(directory, program);
  if (existsSync(kernel)) return kernel;
  throw new MirageError("ERR_MIRAGE_NOT_BUILT", `${kernel} is not there`, {
    hint: "run `mirage build` first",
  });
}
