import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What a package.json says, as far as these tests ask. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** A public package of a workspace. */
export interface Package {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** The packages of a workspace that are published. */
export function publicPackages(workspace: string): Package[] {
  return ["packages", "apps"]
    .flatMap((group) => readdirSync(join(workspace, group)).map((name) => join(group, name)))
    .map((path) => join(workspace, path))
    .filter((folder) => existsSync(join(folder, "package.json")))
    .map((folder) => ({ folder, manifest: readManifest(folder) }))
    .filter(({ manifest }) => manifest.private !== true);
}

/** The versions of the packages of a workspace, by name. */
export function versionsIn(workspace: string): Record<string, string> {
  return Object.fromEntries(
    publicPackages(workspace).map(({ manifest: { name, version } }) => [name, version]),
  );
}

/** The package.json of a folder. */
export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}
