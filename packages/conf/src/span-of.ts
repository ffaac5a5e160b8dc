import type { Span } from "@mirage/diagnostics";
import type { Range } from "./syntax.js";

/** Turns offsets into a Span of the file that is being read. */
export type SpanOf = (range: Range) => Span;
