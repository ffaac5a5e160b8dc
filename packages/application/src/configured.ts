import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Configuration } from "@mirage/conf";
import { MirageError } from "@mirage/diagnostics";
import { requireState } from "@mirage/project";
import type { Target } from "@mirage/types";
import { confPath } from "./find.js";
import { targetNamed } from "./target.js";

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

/** The folder of an application's .conf file. @throws MirageError if it has not been configured */
export async function configuredFolder(file: string | undefined): Promise<ConfiguredFolder> {
  const directory = dirname(resolve(await confPath(file)));
  const { name, target, products } = await requireState(directory);
  return { directory, name, target: targetNamed(target), program: products[0] ?? "" };
}

/** An application whose .conf file was read. @throws MirageError if it has not been configured */
export async function configuredApplication(
  configuration: Configuration,
): Promise<ConfiguredApplication> {
  return { ...(await configuredFolder(configuration.file)), configuration };
}

/** The kernel that an application was built as, absolute. @throws MirageError where there is none */
export function builtKernel({ directory, name, target, program }: ConfiguredFolder): string {
  if (target.run.as !== "xen") {
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
