export { compile, compileStatically } from "./compile.js";
export {
  builtKernel,
  type ConfiguredApplication,
  type ConfiguredFolder,
  configuredApplication,
  configuredFolder,
  stateFor,
} from "./configured.js";
export { type ContainerKind, containerRequest } from "./container.js";
export { confPath } from "./find.js";
export {
  configuredTarget,
  notedTarget,
  selectTarget,
  type TargetFlags,
  targetOfFolder,
} from "./target.js";
