import { fromSystemError, renderError } from "@mirage/diagnostics";

/** Says on stderr what went wrong. A module of its own, loaded only then. */
export function report(error: unknown): void {
  process.stderr.write(`${renderError(fromSystemError(error))}\n`);
}
