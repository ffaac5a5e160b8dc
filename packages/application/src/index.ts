export { compile } from "./compile.js";
export {
  builtKernel,
  type ConfiguredApplication,
  type ConfiguredFolder,
  configuredApplication,
  configuredFolder,
  stateFor,
} from "./configured.js";
export { configuredOpam } from "./configured-opam.js";
export { confPath } from "./find.js";
export {
  configuredTarget,
  selectTarget,
  type TargetFlags,
  targetNamed,
  targetOfFolder,
} from "./target.js";
