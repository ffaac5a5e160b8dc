export { describeEvent, type RunEvent } from "./events.js";
export { forbiddingSetting, type Namespace, privateNetwork } from "./namespace.js";
export type { Addressing, NetworkOptions, RunOptions, StaticAddressing } from "./options.js";
export { findProgram } from "./program.js";
export { formatEndpoint, type Protocol, type Publication, parsePublish } from "./publish.js";
export { PublishedPorts, type PublishedPortsOptions } from "./published-ports.js";
export type { Sandbox } from "./sandbox.js";
export { planRun, type RunningUnikernel, start } from "./start.js";
export type { Exit } from "./unikernel.js";
