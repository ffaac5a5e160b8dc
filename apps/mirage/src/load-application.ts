import { confPath } from "@mirage/application";
import { loadChecked } from "@mirage/application/check";
import type { LoadedConf } from "@mirage/conf";
import { type Diagnostic, renderDiagnostic } from "@mirage/diagnostics";
import { complain, stderrColor } from "./terminal/terminal.js";

/** The validated .conf file of a command; warnings go to stderr. */
export async function loadApplication(file: string | undefined): Promise<LoadedConf> {
  const loaded = await loadChecked(await confPath(file));
  sayAll(loaded.warnings);
  return loaded;
}

/** Problems that end nothing, one below the other. */
export function sayAll(problems: readonly Diagnostic[]): void {
  for (const problem of problems) complain(renderDiagnostic(problem, { color: stderrColor() }));
}
