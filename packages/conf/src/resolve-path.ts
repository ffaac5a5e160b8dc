import { resolve } from "node:path";
import type { Configuration } from "./configuration.js";

/** The absolute path of something that a .conf file names: relative paths start at its folder. */
export function resolvePath(configuration: Pick<Configuration, "directory">, path: string): string {
  return resolve(configuration.directory, path);
}
