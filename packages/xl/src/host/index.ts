export { attachConsole, type ConsoleOptions, type DomainConsole, openConsole } from "./console.js";
export {
  type DomainReference,
  destroyDomain,
  pauseDomain,
  rebootDomain,
  shutdownDomain,
  unpauseDomain,
} from "./control.js";
export {
  type CreatedDomain,
  type CreateOptions,
  type CreateRequest,
  createDomain,
} from "./create.js";
export type { Domain, DomainState, ShutdownReason } from "./domain.js";
export {
  type DomainConfig,
  type DomainDisk,
  type DomainNic,
  domainConfigs,
} from "./domain-config.js";
export { type FollowOptions, followDomain } from "./follow.js";
export type { DomainEvent } from "./follower.js";
export { localHost, type SshOptions, sshHost, type XenHost } from "./host.js";
export { type HostInfo, hostInfo } from "./host-info.js";
export { findDomain, listDomains } from "./list.js";
export { hypervisorMessages, type MessagesOptions } from "./messages.js";
export type { EndReason } from "./outcome.js";
export { type CreatePlan, planCreate, type XlStep } from "./plan-create.js";
export type { CallOptions } from "./run.js";
export { type DomainUptime, domainUptimes } from "./uptime.js";
