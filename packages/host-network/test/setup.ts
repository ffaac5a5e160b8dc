import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Compiles this package, for the processes that the tests start in namespaces. */
export function setup(): void {
  const folder = fileURLToPath(new URL("..", import.meta.url));
  execFileSync(`${folder}../../node_modules/.bin/tsgo`, ["-b", `${folder}tsconfig.lib.json`]);
}
