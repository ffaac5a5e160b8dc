export { type EnvironmentFlags, readEnvironment } from "./environment.js";
export type {
  Elsewhere,
  Launcher,
  LeftRunning,
  RemoteGuest,
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
