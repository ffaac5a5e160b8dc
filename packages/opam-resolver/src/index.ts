export { type Argument, argumentOf, type NoPlan } from "./explain/explain.js";
export type { Suggestion } from "./explain/suggestions.js";
export { type Difference, type WhatIf, whatIfInWords } from "./explain/what-if.js";
export { type Need, type Reasons, reasonsFor, reasonsInWords } from "./explain/why.js";
export { neededPackages } from "./lock/needed.js";
export { defaultCacheFolder } from "./repository/cache-folder.js";
export {
  Repository,
  type RepositoryOptions,
  type UnreadablePackage,
} from "./repository/repository.js";
export { type PackageText, type Source, sourceAt } from "./repository/source.js";
export { type Atom, formatAtom, parseAtom, type Request } from "./resolve/request.js";
export type { Outcome, Plan } from "./resolve/resolve.js";
export {
  type Explanation,
  type Question,
  Resolver,
  type ResolverOptions,
  ResolverTimeout,
} from "./resolver.js";
export {
  defaultOpamRoot,
  type OpamRoot,
  opamSwitches,
  readOpamRoot,
} from "./state/opam-root.js";
export {
  type ReadSwitch,
  readSwitch,
  type SwitchFiles,
  switchFilesBeside,
} from "./state/read-switch.js";
export type { PackageId, PinInput, SwitchInput } from "./state/switch-state.js";
export { systemVariables } from "./state/system-variables.js";
export {
  type DependencyOptions,
  type VariableLookup,
  type Variables,
  variableLookup,
} from "./universe/environment.js";
