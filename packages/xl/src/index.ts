export * from "./config/index.js";
export * from "./host/index.js";
