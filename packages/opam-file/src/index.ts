export * from "./ast.js";
export * from "./filter.js";
export * from "./formula.js";
export { isValidPackageName, type PackageId, parsePackageId } from "./names.js";
export * from "./package.js";
export { parseByGrammar, parseFields, parseOpam, parseValue } from "./parse.js";
export { type ReadPackage, readPackage } from "./read-package.js";
export { MAX_LENGTH, MAX_NESTING, spanAt } from "./text.js";
export * from "./version.js";
