import type { Diagnostic } from "@mirage/diagnostics";

/** What to do about a `#` in a value, which is a part of it. */
export const commentHint = "a comment needs a line of its own";

/** Errors whose line has a `#` behind its value, with the hint that this is no comment. */
export function withCommentHints(text: string, problems: readonly Diagnostic[]): Diagnostic[] {
  const lines = text.split("\n");
  return problems.map((problem) => {
    const line = lines[(problem.span?.start.line ?? 0) - 1] ?? "";
    const isMeant = problem.severity === "error" && /^[^#:]+:.*\s#/.test(line);
    if (!isMeant || problem.hint === commentHint) return problem;
    return { ...problem, hint: `${commentHint}: here \`#\` belongs to the value` };
  });
}
