export * from "./configuration.js";
