import { createHash } from "node:crypto";
import { needExactly, neededPackages } from "./opam-mentions.js";
import { type OpamRepository, opamRepository, type RepositoryPackage } from "./opam-repository.js";
import { opamList, opamString } from "./opam-text.js";
import type { RuntimeSource } from "./runtime-source.js";

/**
 * Our own OCaml packages as an opam repository that carries their sources. A version is the release
 * and a hash of the sources and of the versions of those of our packages that it needs, so that
 * opam rebuilds exactly what a change affects; among themselves they need exact versions.
 */
export function runtimeRepository(sources: readonly RuntimeSource[]): OpamRepository {
  const versions = runtimeVersions(sources);
  return opamRepository(
    "mirage-runtime",
    sources.map((source) => runtimePackage(source, versions)),
  );
}

/** The version of each of our packages, by name. */
export function runtimeVersions(sources: readonly RuntimeSource[]): ReadonlyMap<string, string> {
  const byName = new Map(sources.map((source) => [source.name, source]));
  const versions = new Map<string, string>();
  const versionOf = (source: RuntimeSource): string => {
    const known = versions.get(source.name);
    if (known !== undefined) return known;
    const hash = createHash("sha256");
    for (const [path, content] of source.files) {
      hash.update(`${path}\0${content.byteLength}\0`).update(content);
    }
    for (const needed of neededPackages(source.opam, byName)) {
      if (needed.name !== source.name) hash.update(`\0${versionOf(needed)}`);
    }
    const version = `${source.release}+${hash.digest("hex").slice(0, 12)}`;
    versions.set(source.name, version);
    return version;
  };
  for (const source of sources) versionOf(source);
  return versions;
}

function runtimePackage(
  source: RuntimeSource,
  versions: ReadonlyMap<string, string>,
): RepositoryPackage {
  const own = versions.get(source.name) ?? source.release;
  const others = new Map([...versions].filter(([name]) => name !== source.name));
  const opam = needExactly(source.opam.replace(/^version:.*\n/m, ""), others);
  const listed = [...source.files].map(
    ([path, content]) => `[${opamString(path)} ${opamString(`sha256=${sha256(content)}`)}]`,
  );
  const carried = [...source.files].map(([path, content]) => [`files/${path}`, content] as const);
  return {
    name: source.name,
    version: own,
    files: new Map<string, string | Uint8Array>([
      ["opam", `${opam.trimEnd()}\nextra-files: ${opamList(listed)}\n`],
      ...carried,
    ]),
  };
}

function sha256(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
