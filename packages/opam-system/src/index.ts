export { packageOfLibrary, systemClosure } from "./closure.js";
export type { DebianPackage } from "./debian-package.js";
export { upstreamVersion } from "./debian-version.js";
export { type LoadUniverseOptions, loadUniverse } from "./load-universe.js";
export {
  type OpamRepository,
  opamRepository,
  type RepositoryPackage,
  repositoryFiles,
  repositoryPlan,
} from "./opam-repository.js";
export { debianRequirements } from "./requirements.js";
export { runtimeRepository, runtimeVersions } from "./runtime-repository.js";
export {
  type RuntimeSource,
  readRuntime,
  runtimeFolders,
  runtimeNpmPackages,
} from "./runtime-source.js";
export { readDebianSnapshot } from "./snapshot.js";
export { type SystemPackage, systemPackages } from "./system-package.js";
export { systemRepository, systemRepositoryName } from "./system-repository.js";
export { type DebianSnapshot, type DebianUniverse, debianUniverse } from "./universe.js";
