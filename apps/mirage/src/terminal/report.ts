import { readFileSync } from "node:fs";
import { fromSystemError, MirageError, renderError } from "@mirage/diagnostics";
import { complain, stderrColor } from "./terminal.js";

const usage = 2;
const bug = 70;

/** Says on stderr what was thrown by a command, and returns the exit code that it stands for. */
export function report(thrown: unknown, verbose: boolean, command?: string): number {
  const error = fromSystemError(thrown);
  complain(renderError(error, { source, color: stderrColor(), verbose }));
  const isUsage = error instanceof MirageError && error.exitCode === usage;
  if (isUsage && command !== undefined) complain(`(\`mirage help ${command}\` lists its options)`);
  return error instanceof MirageError ? error.exitCode : bug;
}

function source(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
