import { readFileSync } from "node:fs";
import { type DebianUniverse, debianUniverse } from "../universe.js";

/** What apt of Debian 12 said of some of its OCaml packages. */
export function recordedAvailable(): string {
  return readFileSync(new URL("./apt-cache-show.txt", import.meta.url), "utf8");
}

/** The packages of {@link recordedAvailable}, with what dpkg says of those that are installed. */
export function recordedUniverse(installed = ""): DebianUniverse {
  const universe = debianUniverse({ available: recordedAvailable(), installed });
  if (!universe) throw new Error("the recorded output has no OCaml in it");
  return universe;
}
