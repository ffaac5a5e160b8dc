import { configuredOpam, configuredTarget, confPath } from "@mirage/application";
import { checkTrust, loadChecked, problemsOf } from "@mirage/application/check";
import { compatibilityWarnings } from "@mirage/codegen";
import type { Configuration } from "@mirage/conf";
import { Dependencies } from "@mirage/dependencies";
import { type Diagnostic, MirageError, toJson } from "@mirage/diagnostics";
import type { Target } from "@mirage/types";
import { sayAll } from "../load-application.js";
import { print, say } from "../terminal/terminal.js";

interface CheckOptions {
  readonly json?: true;
}

/** `mirage check`: every problem of the .conf file and of what it names, and nothing else. */
export async function check(file: string | undefined, options: CheckOptions): Promise<void> {
  const path = await confPath(file);
  const problems = await allProblems(path);
  const errors = problems.filter(({ severity }) => severity === "error").length;
  if (options.json) {
    print(JSON.stringify({ file: path, problems: problems.map(toJson) }, undefined, 2));
    if (errors > 0) process.exitCode = 1;
  } else if (errors > 0) {
    const message = `${path} has ${errors === 1 ? "an error" : "errors"}`;
    throw new MirageError("ERR_MIRAGE_CONF", message, { details: problems });
  } else {
    sayAll(problems);
    say(`${path}: no errors`);
  }
}

async function allProblems(path: string): Promise<readonly Diagnostic[]> {
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
