import type { Span } from "./position.js";

/** A stable name of one kind of problem, such as `ERR_MIRAGE_CONF_UNKNOWN_KEY`. */
export type ErrorCode = `ERR_MIRAGE_${string}`;

/** One problem as data: what `--json` prints and what a code frame is drawn from. */
export interface Diagnostic {
  readonly code: ErrorCode;
  /** One sentence that says what is wrong. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  readonly span?: Span;
  readonly severity: "error" | "warning";
}

export interface MirageErrorOptions {
  readonly hint?: string;
  readonly span?: Span;
  readonly cause?: unknown;
  /** Set when several problems are reported at once; the message is then their summary. */
  readonly details?: readonly Diagnostic[];
  /** 1: the user's input or environment (default), 2: wrong usage, 70: a bug. */
  readonly exitCode?: 1 | 2 | 70;
}

/** The one error class of mirage. Anything else that is thrown is a bug. */
export class MirageError extends Error {
  override readonly name = "MirageError";
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly span: Span | undefined;
  readonly details: readonly Diagnostic[];
  readonly exitCode: 1 | 2 | 70;

  constructor(code: ErrorCode, message: string, options: MirageErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.span = options.span;
    this.details = options.details ?? [];
    this.exitCode = options.exitCode ?? 1;
  }

  /** The problems inside, or this error as the only one. */
  toDiagnostics(): readonly Diagnostic[] {
    if (this.details.length > 0) return this.details;
    return [
      {
        code: this.code,
        message: this.message,
        severity: "error",
        ...(this.hint === undefined ? {} : { hint: this.hint }),
        ...(this.span === undefined ? {} : { span: this.span }),
      },
    ];
  }
}
