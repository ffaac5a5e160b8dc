import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { MirageError } from "@mirage/diagnostics";
import { writeFileAtomically } from "@mirage/plan";
import type { DebianPackage } from "./debian-package.js";
import { dpkgStatus, readDebianSnapshot } from "./snapshot.js";
import { type DebianUniverse, debianUniverse } from "./universe.js";

/** Change of any of these can change apt's answer. */
const watched = [
  "/var/lib/apt/lists",
  "/etc/apt/preferences",
  "/etc/apt/preferences.d",
  dpkgStatus,
];

const format = 1;

interface Cached {
  readonly stamp: string;
  readonly ocamlVersion: string;
  readonly compiler: string;
  readonly packages: readonly DebianPackage[];
}

export interface LoadUniverseOptions {
  /** A folder for the answer; asking apt takes a second, reading the answer again a millisecond. */
  readonly cacheFolder: string;
  readonly signal?: AbortSignal;
}

/**
 * The OCaml part of this machine's distribution.
 * @throws MirageError `ERR_MIRAGE_SYSTEM_NOT_DEBIAN` without apt, `ERR_MIRAGE_SYSTEM_NO_OCAML` when
 * apt knows no OCaml.
 */
export async function loadUniverse(options: LoadUniverseOptions): Promise<DebianUniverse> {
  const path = join(options.cacheFolder, "debian-ocaml.json");
  const stamp = await currentStamp();
  const cached = await readCached(path);
  if (cached?.stamp === stamp) {
    const packages = new Map(cached.packages.map((found) => [found.name, found]));
    const compiler = packages.get(cached.compiler);
    if (compiler) return { ocamlVersion: cached.ocamlVersion, compiler, packages };
  }
  const universe = debianUniverse(await readDebianSnapshot(options.signal));
  if (!universe) {
    throw new MirageError("ERR_MIRAGE_SYSTEM_NO_OCAML", "apt knows no package of OCaml", {
      hint: "let apt fetch its lists: apt-get update",
    });
  }
  const fresh: Cached = {
    stamp,
    ocamlVersion: universe.ocamlVersion,
    compiler: universe.compiler.name,
    packages: [...universe.packages.values()],
  };
  await writeFileAtomically(path, JSON.stringify(fresh));
  return universe;
}

async function currentStamp(): Promise<string> {
  const states = watched.map(async (path) => {
    const found = await stat(path).catch(() => undefined);
    return found ? `${found.mtimeMs}/${found.size}` : "none";
  });
  return [format, ...(await Promise.all(states))].join(" ");
}

async function readCached(path: string): Promise<Cached | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Cached;
  } catch {
    return undefined;
  }
}
