export {
  type Asked,
  type AskedInstance,
  askInstance,
  type ControlAnswer,
  controlSocket,
} from "./control.js";
export { instanceOfProcess, type LockHolder, lockFile, lockHolder } from "./disk-lock.js";
export { findInstance } from "./find.js";
export { identify, isAlive, type ProcessIdentity } from "./identity.js";
export { type Instance, type InstanceStatus, listInstances } from "./list.js";
export { logFile, type ReadLogOptions, readLog } from "./log.js";
export {
  type LogMessage,
  type MessageFilter,
  type MessageLevel,
  messageLevels,
  passes,
  readMessages,
} from "./messages.js";
export { allPlaces, ownPlace, type Place, placesOf, type Surroundings } from "./places.js";
export type { HealthState, InstanceRecord, Published, XenDomain } from "./record.js";
export { adopt, type NewInstance, type Registration, register } from "./register.js";
export { forgetInstance, type StopOptions, stopInstance } from "./stop.js";
