export { applicationGraph } from "./application-graph.js";
export { checkLibraries } from "./check-libraries.js";
export { checkXlLines, untrustedXlLines } from "./check-xl.js";
export { readingFlags } from "./compat-2013.js";
export { compatibilityWarnings, currentLibrary, librariesOfThen } from "./compatibility.js";
export { libraries, opamPackages } from "./components.js";
export {
  buildProducts,
  type GeneratedFile,
  type GenerateOptions,
  generate,
} from "./generate.js";
export type { OpamLocation } from "./makefile.js";
export { type NetworkDevice, networkDevices } from "./networks.js";
export { type OwnedPaths, ownedPaths } from "./owned-paths.js";
export { type Probe, type ProbedDevice, probe, signatureOf } from "./probe.js";
export { programName } from "./program-name.js";
