import { compatibilityWarnings } from "@mirage/codegen";
import type { Configuration } from "@mirage/conf";
import { Dependencies } from "@mirage/dependencies";
import { type Diagnostic, MirageError } from "@mirage/diagnostics";
import type { Target } from "@mirage/types";
import { configuredOpam } from "../configured-opam.js";
import { configuredTarget } from "../target.js";
import { checkTrust } from "../trust.js";
import { loadChecked } from "./lines.js";
import { problemsOf } from "./problems-of.js";

/** Every problem of a .conf file and of what it names. Changes nothing. */
export async function allProblems(path: string): Promise<readonly Diagnostic[]> {
  try {
    const { configuration, warnings: written } = await loadChecked(path);
    const warnings = [...written, ...compatibilityWarnings(configuration)];
    checkTrust(configuration, false);
    const target = await configuredTarget(path, {});
    const dependencies = await dependenciesOf(configuration, target);
    if (dependencies === undefined) return warnings;
    const request = dependencies.request(await dependencies.chosen());
    return [...warnings, ...(await problemsOf(configuration, target, dependencies, request))];
  } catch (error) {
    if (error instanceof MirageError) return error.toDiagnostics();
    throw error;
  }
}

/** Nothing where this machine cannot install any: the file may be right all the same. */
async function dependenciesOf(
  configuration: Configuration,
  target: Target,
): Promise<Dependencies | undefined> {
  const opam = await configuredOpam(configuration.file);
  try {
    return await Dependencies.of(configuration, target, opam);
  } catch (error) {
    if (error instanceof MirageError) return undefined;
    throw error;
  }
}
