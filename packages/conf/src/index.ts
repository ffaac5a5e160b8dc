export { defaultAddress } from "./address.js";
export { checkFiles, type Stat } from "./check-files.js";
export * from "./configuration.js";
export { findConf } from "./find-conf.js";
export { type Ipv4, parseIpv4, prefixLength } from "./ipv4.js";
export { type LoadedConf, loadConf } from "./load-conf.js";
export { type ParsedConf, parseConf } from "./parse-conf.js";
export { printConf } from "./print-conf.js";
export { resolvePath } from "./resolve-path.js";
