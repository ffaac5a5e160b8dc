export * from "./ast.js";
export {
  conditionValue,
  field,
  filterValue,
  formulaValue,
  ident,
  option,
  type Plain,
  packageValue,
  section,
  toValue,
} from "./build-value.js";
export {
  addPackage,
  type PackageField,
  removeField,
  removePackage,
  setBound,
  setField,
} from "./edit.js";
export * from "./filter.js";
export * from "./formula.js";
export { isValidPackageName, type PackageId, parsePackageId } from "./names.js";
export * from "./package.js";
export { parseByGrammar, parseFields, parseOpam, parseValue } from "./parse.js";
export { parseFilter, parseFormula, parsePackage } from "./parse-typed.js";
export {
  printFilter,
  printFormula,
  printOpam,
  printResolved,
  printValue,
  printVersions,
} from "./print.js";
export { type ReadPackage, readPackage } from "./read-package.js";
export { negateFilter, simplifyFilter } from "./simplify-filter.js";
export { simplifyVersions } from "./simplify-versions.js";
export { maxLength, maxNesting, spanAt } from "./text.js";
export * from "./version.js";
