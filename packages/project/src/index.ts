export {
  type CleanPlan,
  type GeneratedFile,
  type GenerateOptions,
  type OwnedPaths,
  planClean,
  planGenerate,
} from "./generated-files.js";
export {
  type ProjectState,
  printState,
  readState,
  requireState,
  stateFile,
  stateFolder,
} from "./state.js";
