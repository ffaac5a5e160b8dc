export { activeSwitch, type NamedSwitch } from "./active-switch.js";
export {
  type EnsureOptions,
  ensureInstalled,
  type Installed,
  installationPlan,
} from "./ensure-installed.js";
export { opamEnvironment, opamExec, switchEnvironment } from "./environment.js";
export type { Count, InstallProgress } from "./install-progress.js";
export { type InstallationStatus, installationStatus } from "./installation-status.js";
export { libraryPath } from "./library-path.js";
export type { RepositorySource } from "./repositories.js";
export type { InstallRequest, Loss, OpamPackage } from "./request.js";
export { type InstalledPackages, readInstalled } from "./switch-state.js";
export { type CrossTools, emulatorOf, requireCrossTools } from "./sysroot/cross-tools.js";
export { type Sysroot, sysrootVariables } from "./sysroot/sysroot.js";
export { defaultDataFolder, type OpamTarget, privateTarget, userTarget } from "./target.js";
export { registeredSwitches, requireSwitch } from "./user-switch.js";
