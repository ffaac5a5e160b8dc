export { defaultAddress } from "./address.js";
export { argumentItems, parseArgument } from "./arguments.js";
export { checkFiles, type Stat } from "./check-files.js";
export * from "./configuration.js";
export { fileIdentity } from "./file-identity.js";
export { settingSuffix } from "./filesystem-settings.js";
export { findConf } from "./find-conf.js";
export { type Ipv4, isSameNetwork, netmaskOf, parseIpv4, prefixLength } from "./ipv4.js";
export { classifyKey, type Family, families, type Key, type PlainKey, plainKeys } from "./keys.js";
export { type LoadedConf, loadConf } from "./load-conf.js";
export { resolvingUser, systemAnchors } from "./name-service.js";
export { type ParsedConf, parseConf } from "./parse-conf.js";
export { printConf } from "./print-conf.js";
export { listKeys } from "./raw-conf.js";
export { resolvePath } from "./resolve-path.js";
export {
  type Line,
  type ParseFailure,
  parseFunctorApplication,
  parseLines,
  parseModuleValue,
  type Range,
  type Token,
} from "./syntax.js";
