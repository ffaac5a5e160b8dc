export { withChecksums } from "./checksums.js";
export {
  compareLock,
  isSame,
  type LockDifference,
  printDifference,
  type VersionChange,
} from "./difference.js";
export { type Lock, type LockedPackage, printLock, readLock } from "./lock.js";
export { type OutdatedPackage, outdatedPackages } from "./outdated.js";
