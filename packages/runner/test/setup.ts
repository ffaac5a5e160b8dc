import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("..", import.meta.url));

/** The stand-in for a unikernel, of `guest.c`. */
export const guest = `${folder}node_modules/.cache/guest`;

/** Compiles what the tests start as processes: this package, and the stand-in. */
export function setup(): void {
  mkdirSync(`${folder}node_modules/.cache`, { recursive: true });
  execFileSync(`${folder}../../node_modules/.bin/tsgo`, ["-b", `${folder}tsconfig.lib.json`]);
  execFileSync("cc", ["-O1", "-Wall", "-o", guest, `${folder}test/guest.c`]);
}
