export { type FramePort, type FrameSocket, webSocketPort } from "./frame-port.js";
export type { Lease } from "./station/dhcp.js";
export { Station, type StationOptions } from "./station/station.js";
export { ConnectionError, type Endpoints, TcpConnection } from "./station/tcp-connection.js";
export {
  type Attachment,
  type Counters,
  type SwitchOptions,
  VirtualSwitch,
} from "./virtual-switch.js";
