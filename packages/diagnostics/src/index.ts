export { codeFrame } from "./code-frame.js";
export { didYouMean, editDistance } from "./did-you-mean.js";
export {
  type Diagnostic,
  type ErrorCode,
  MirageError,
  type MirageErrorOptions,
} from "./mirage-error.js";
export { type LineIndex, lineIndex, type Position, type Span } from "./position.js";
export {
  type RenderErrorOptions,
  type RenderOptions,
  renderDiagnostic,
  renderError,
  toJson,
} from "./render.js";
export { fromSystemError } from "./system-error.js";
export { duration, quote, shellWord } from "./text.js";
