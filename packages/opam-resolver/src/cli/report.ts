import { fromSystemError, MirageError, renderError } from "@mirage/diagnostics";
import { ResolverTimeout } from "../resolver.js";
import { exit } from "./exit-codes.js";

/** Says on stderr what went wrong, and returns the exit code. A module of its own, loaded only then. */
export function report(error: unknown): number {
  const told = fromSystemError(error);
  process.stderr.write(`${renderError(told)}\n`);
  if (told instanceof ResolverTimeout) return exit.timeOut;
  return told instanceof MirageError && told.exitCode !== exit.bug ? exit.unreadable : exit.bug;
}
