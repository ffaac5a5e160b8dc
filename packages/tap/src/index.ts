export type { Device } from "./device.js";
export { type InheritedDevice, inheritedDevice } from "./inherited.js";
export type { Addresses, NetworkInterface } from "./interface.js";
export { type DeviceInfo, type DeviceKind, listDevices } from "./list.js";
export { type OpenOptions, openTap, openTun } from "./open.js";
export {
  createPersistent,
  deletePersistent,
  findInterface,
  type PersistentOptions,
} from "./persistent.js";
