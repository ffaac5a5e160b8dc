export * from "./ast.js";
export * from "./filter.js";
export * from "./formula.js";
export { parseByGrammar, parseFields, parseOpam, parseValue } from "./parse.js";
export { MAX_LENGTH, MAX_NESTING, spanAt } from "./text.js";
export * from "./version.js";
