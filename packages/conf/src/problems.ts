import type { Diagnostic, ErrorCode, LineIndex } from "@mirage/diagnostics";
import type { Range } from "./syntax.js";

/** A problem as the checks state it; a hint that costs something is a function. */
export interface Problem {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string | (() => string | undefined);
  /** Start of the file if absent. */
  readonly at?: Range;
}

interface Found extends Problem {
  readonly severity: Diagnostic["severity"];
}

const startOfFile: Range = { start: 0, end: 0 };

/** More than these are counted, not shown. */
export const shownProblems = 25;

/** Collects the problems of one file. */
export class Problems {
  readonly #found: Found[] = [];
  #failed = false;

  /** Whether there was an error. */
  get failed(): boolean {
    return this.#failed;
  }

  error(problem: Problem): undefined {
    this.#failed = true;
    this.#found.push({ ...problem, severity: "error" });
  }

  warning(problem: Problem): void {
    this.#found.push({ ...problem, severity: "warning" });
  }

  /** The first problems in the order of the file, then how many more there are. */
  diagnostics(file: string, index: LineIndex): Diagnostic[] {
    const ordered = this.#found.sort((a, b) => startOf(a) - startOf(b));
    const diagnostics = ordered.slice(0, shownProblems).map((problem): Diagnostic => {
      const { code, severity, message, at = startOfFile } = problem;
      const hint = typeof problem.hint === "function" ? problem.hint() : problem.hint;
      const span = index.span(file, at.start, at.end);
      return { code, severity, message, span, ...(hint === undefined ? {} : { hint }) };
    });
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

function startOf(problem: Problem): number {
  return problem.at?.start ?? 0;
}
