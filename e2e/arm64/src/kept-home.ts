import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * A HOME that is kept from run to run: Debian's packages for arm64 and the libraries that an emulated
 * compiler makes are in it.
 */
export function keptHome(): string {
  const home = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "mirage/e2e-arm64");
  mkdirSync(home, { recursive: true });
  return home;
}
