import { homedir } from "node:os";
import { join } from "node:path";

/** Where the rig keeps what takes long to make (XDG Base Directory Specification). */
export function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "mirage/xen-rig");
}
