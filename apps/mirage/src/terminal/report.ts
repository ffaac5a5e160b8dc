import { readFileSync } from "node:fs";
import { fromSystemError, MirageError, renderError } from "@mirage/diagnostics";
import { complain, stderrColor } from "./terminal.js";

const bug = 70;

/** Says on stderr what was thrown, and returns the exit code that it stands for. */
export function report(thrown: unknown, verbose: boolean): number {
  const error = fromSystemError(thrown);
  complain(renderError(error, { source, color: stderrColor(), verbose }));
  return error instanceof MirageError ? error.exitCode : bug;
}

function source(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
