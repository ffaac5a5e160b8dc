import type { Diagnostic as Problem, Span } from "@mirage/diagnostics";
import { type Diagnostic, DiagnosticSeverity, type Range } from "vscode-languageserver";

/** Problems of mirage as editors show them: a hint is a line of its own. */
export function toDiagnostic({ code, message, hint, severity, span }: Problem): Diagnostic {
  return {
    range: toRange(span),
    severity: severity === "error" ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
    code,
    source: "mirage",
    message: hint === undefined ? message : `${message}\n${hint}`,
  };
}

/** A problem without a place is shown at the beginning. */
function toRange(span: Span | undefined): Range {
  if (span === undefined)
    return { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
  const { start, end } = span;
  return {
    start: { line: start.line - 1, character: start.column - 1 },
    end: { line: end.line - 1, character: end.column - 1 },
  };
}
