export {
  defaultCacheFolder,
  Repository,
  type RepositoryOptions,
  type UnreadablePackage,
} from "./repository/repository.js";
export { type PackageText, type Source, sourceAt } from "./repository/source.js";
export { type Atom, formatAtom, parseAtom, type Request } from "./resolve/request.js";
export { type Question, Resolver, type ResolverOptions, ResolverTimeout } from "./resolver.js";
export {
  type ReadSwitch,
  readSwitch,
  type SwitchFiles,
  switchFilesBeside,
} from "./state/read-switch.js";
export type { PackageId, PinInput, SwitchInput } from "./state/switch-state.js";
export type { DependencyOptions, Variables } from "./universe/environment.js";
