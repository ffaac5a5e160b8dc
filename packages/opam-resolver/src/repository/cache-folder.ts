import { homedir } from "node:os";
import { join } from "node:path";

/** `mirage/opam` in the user's cache folder. Source: XDG Base Directory Specification. */
export function defaultCacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "mirage", "opam");
}
