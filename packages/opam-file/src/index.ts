export * from "./ast.js";
export * from "./filter.js";
export * from "./formula.js";
export * from "./version.js";
