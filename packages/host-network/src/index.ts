export type { Lease } from "./dnsmasq.js";
export { networkDown, networkUp, planNetworkDown, planNetworkUp } from "./network.js";
export type { DownOptions } from "./plan-down.js";
export { defaultBridge, type NetworkOptions, type TapOptions } from "./request.js";
export { stateFolder } from "./state.js";
export { type NetworkStatus, networkStatus } from "./status.js";
