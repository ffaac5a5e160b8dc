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
  recordedOpam,
  requireState,
  stateFile,
  stateFolder,
} from "./state.js";
