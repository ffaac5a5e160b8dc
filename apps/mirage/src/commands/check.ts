import { confPath } from "@mirage/application";
import { checkTrust, loadChecked } from "@mirage/application/check";
import { type Diagnostic, MirageError, toJson } from "@mirage/diagnostics";
import { loadApplication } from "../load-application.js";
import { print, say } from "../terminal/terminal.js";

interface CheckOptions {
  readonly json?: true;
}

/** `mirage check`: every problem of the .conf file, and nothing else. */
export async function check(file: string | undefined, options: CheckOptions): Promise<void> {
  const path = await confPath(file);
  if (!options.json) {
    checkTrust((await loadApplication(path)).configuration, false);
    say(`${path}: no errors`);
    return;
  }
  const problems = await problemsOf(path);
  print(JSON.stringify({ file: path, problems: problems.map(toJson) }, undefined, 2));
  if (problems.some(({ severity }) => severity === "error")) process.exitCode = 1;
}

async function problemsOf(path: string): Promise<readonly Diagnostic[]> {
  try {
    const { configuration, warnings } = await loadChecked(path);
    checkTrust(configuration, false);
    return warnings;
  } catch (error) {
    if (error instanceof MirageError) return error.toDiagnostics();
    throw error;
  }
}
