export { type EnvironmentFlags, readEnvironment } from "./environment.js";
export { type HealthWatching, watchHealth } from "./health.js";
export { type DeploymentRequest, kubernetesObjects, yamlDocuments } from "./kubernetes.js";
export type {
  Launcher,
  LeftRunning,
  RemoteGuest,
  RemoteGuests,
  RunFlags,
  RunObserver,
  StopRequest,
} from "./launcher.js";
export {
  launcherOf,
  launcherOfInstance,
  type RemoteLauncher,
  remoteLauncher,
} from "./launchers.js";
export { keepRunning, parseRestart, type RestartPolicy } from "./restart.js";
export { requireSuitable } from "./suitable-flags.js";
export { type ServiceRequest, systemdUnit } from "./systemd.js";
