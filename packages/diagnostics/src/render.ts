import { createColors } from "picocolors";
import { codeFrame } from "./code-frame.js";
import { type Diagnostic, MirageError } from "./mirage-error.js";

export interface RenderOptions {
  /** The text of a file, for code frames; without it, or when it returns nothing, none is drawn. */
  readonly source?: (file: string) => string | undefined;
  readonly color?: boolean;
}

/** `file:line:column: error: message`, a code frame where the source is known, and the hint. */
export function renderDiagnostic(diagnostic: Diagnostic, options: RenderOptions = {}): string {
  const colors = createColors(options.color ?? false);
  const label = diagnostic.severity === "error" ? colors.red("error:") : colors.yellow("warning:");
  const { span } = diagnostic;
  const place = span ? `${span.file}:${span.start.line}:${span.start.column}: ` : "";
  const parts = [`${colors.bold(place)}${label} ${diagnostic.message}`];
  const source = span && options.source?.(span.file);
  if (span && source !== undefined) parts.push(codeFrame(source, span));
  if (diagnostic.hint) parts.push(`${colors.cyan("hint:")} ${diagnostic.hint}`);
  return parts.join("\n");
}

export interface RenderErrorOptions extends RenderOptions {
  /** Also print the code, the stack and the causes. */
  readonly verbose?: boolean;
}

/** Everything a person needs to know of what was thrown; never a stack trace unless `verbose`. */
export function renderError(error: unknown, options: RenderErrorOptions = {}): string {
  const parts: string[] = [];
  if (error instanceof MirageError) {
    parts.push(...error.toDiagnostics().map((diagnostic) => renderDiagnostic(diagnostic, options)));
    if (error.details.length > 1) parts.push(error.message);
  } else {
    const message = error instanceof Error ? error.message : String(error);
    parts.push(
      renderDiagnostic(
        {
          code: "ERR_MIRAGE_BUG",
          message: `this is a bug in mirage: ${message}`,
          hint: "run the command again with --verbose and report what it prints",
          severity: "error",
        },
        options,
      ),
    );
  }
  if (options.verbose) parts.push(...stacks(error));
  return parts.join("\n\n");
}

function stacks(error: unknown): string[] {
  const lines: string[] = [];
  for (let current = error; current instanceof Error; current = current.cause) {
    const code = current instanceof MirageError ? `[${current.code}] ` : "";
    lines.push(
      `${lines.length === 0 ? "" : "caused by: "}${code}${current.stack ?? current.message}`,
    );
  }
  return lines;
}

/** A diagnostic as plain data in a fixed order of keys, for `--json`. */
export function toJson(diagnostic: Diagnostic): Record<string, unknown> {
  const { code, severity, message, hint, span } = diagnostic;
  return {
    code,
    severity,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(span === undefined ? {} : { file: span.file, start: span.start, end: span.end }),
  };
}
