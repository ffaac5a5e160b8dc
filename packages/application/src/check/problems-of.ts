import type { Configuration } from "@mirage/conf";
import type { Dependencies } from "@mirage/dependencies";
import { type Diagnostic, MirageError } from "@mirage/diagnostics";
import {
  type InstallRequest,
  installationStatus,
  libraryPath,
  switchEnvironment,
} from "@mirage/opam-driver";
import type { Target } from "@mirage/types";
import { checkDepends } from "./libraries.js";
import { checkMain } from "./main.js";
import { localLibraries } from "./sources.js";

/**
 * What a .conf file asks for and cannot have: libraries that are not there, a main that no file makes or
 * that does not fit its devices. Changes nothing; what is not installed yet is not judged.
 */
export async function problemsOf(
  configuration: Configuration,
  target: Target,
  dependencies: Dependencies,
  request: InstallRequest,
): Promise<readonly Diagnostic[]> {
  const { opam, directory, libraries } = dependencies;
  const { installed, missing } = await installationStatus(request);
  const isInstalled = new Set(installed.map(({ name }) => name));
  const local = localLibraries(configuration);
  const { problems, unknown } = await checkDepends(configuration, {
    path: await libraryPath(opam),
    local,
    chosen: new Map(
      [...request.packages, ...(request.dependencies ?? [])].map(({ name }) => {
        return [name, isInstalled.has(name)];
      }),
    ),
    known: libraries,
  });
  const env = { ...process.env, ...switchEnvironment(opam) };
  return [
    ...problems,
    ...(await checkMain(configuration, target, directory, {
      env,
      local,
      isComplete: missing.length === 0,
      unknown,
    })),
  ];
}

/** @throws MirageError with all problems, if one of them is an error */
export function refuseErrors(problems: readonly Diagnostic[], file: string): void {
  const errors = problems.filter(({ severity }) => severity === "error").length;
  if (errors === 0) return;
  const message = `${file} has ${errors === 1 ? "an error" : "errors"}, so nothing was done`;
  throw new MirageError("ERR_MIRAGE_CONF", message, { details: problems });
}
