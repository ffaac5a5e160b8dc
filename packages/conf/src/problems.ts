import type { Diagnostic, ErrorCode, LineIndex } from "@mirage/diagnostics";
import type { Range } from "./syntax.js";

export interface Problem {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
}

interface Found {
  readonly severity: Diagnostic["severity"];
  readonly at: Range;
  readonly describe: () => Problem;
}

/** Where to report what is missing. */
export const startOfFile: Range = { start: 0, end: 0 };

/** More than these are counted, not shown. */
export const shownProblems = 25;

/** Collects the problems of one file. Only those that will be shown are described. */
export class Problems {
  readonly #found: Found[] = [];
  #failed = false;

  /** Whether there was an error. */
  get failed(): boolean {
    return this.#failed;
  }

  error(at: Range, describe: () => Problem): undefined {
    this.#failed = true;
    this.#found.push({ severity: "error", at, describe });
  }

  warning(at: Range, describe: () => Problem): void {
    this.#found.push({ severity: "warning", at, describe });
  }

  /** The first problems in the order of the file, then how many more there are. */
  diagnostics(file: string, index: LineIndex): Diagnostic[] {
    const ordered = this.#found.sort((a, b) => a.at.start - b.at.start);
    const diagnostics = ordered.slice(0, shownProblems).map(
      ({ severity, at, describe }): Diagnostic => ({
        severity,
        ...describe(),
        span: index.span(file, at.start, at.end),
      }),
    );
    const rest = ordered.slice(shownProblems);
    if (rest.length > 0) {
      const count = `${rest.length} more problem${rest.length === 1 ? "" : "s"}`;
      diagnostics.push({
        code: "ERR_MIRAGE_CONF_MORE_PROBLEMS",
        severity: rest.some(({ severity }) => severity === "error") ? "error" : "warning",
        message: `${count} in ${file}`,
        hint: "correct the ones above first",
      });
    }
    return diagnostics;
  }
}
