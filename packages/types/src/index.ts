export {
  type Architecture,
  type ArchitectureName,
  architectureOf,
  architectures,
  hostArchitecture,
} from "./architectures.js";
export type { DeviceKind } from "./device-kind.js";
export { type DeviceKindName, deviceKinds } from "./device-kinds.js";
export type { Signature } from "./signature.js";
export { type SignatureName, signatures } from "./signatures.js";
export type {
  Component,
  Driver,
  IpManager,
  ModuleDefinition,
  Target,
} from "./target.js";
export { type TargetName, targets } from "./targets.js";
export { type HoleName, holes, type Template } from "./template.js";
