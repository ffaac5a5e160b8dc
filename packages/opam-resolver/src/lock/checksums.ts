import { createHash } from "node:crypto";
import { compareVersions } from "@mirage/opam-file/version";
import { readArchive } from "../repository/archive.js";
import { listFolder, readStamped, regularPath } from "../repository/folder.js";
import type { Source } from "../repository/source.js";
import type { PackageId, PinInput } from "../state/switch-state.js";
import type { LockedPackage } from "./lock.js";

/**
 * Adds the checksums of the packages' opam files, as the first source has them that knows the version;
 * a pin with an opam file of its own comes before all. Packages that nobody knows stay without.
 */
export async function withChecksums(
  packages: readonly PackageId[],
  sources: readonly Source[],
  pins: readonly PinInput[] = [],
): Promise<LockedPackage[]> {
  const found = new Map<string, string>();
  for (const { name, opam } of pins) if (opam !== undefined) found.set(name, checksum(opam));
  for (const source of sources) {
    const missing = packages.filter(({ name }) => !found.has(name));
    if (missing.length > 0) await search(source, missing, found);
  }
  return packages.map(({ name, version }) => {
    const known = found.get(name);
    return known === undefined ? { name, version } : { name, version, checksum: known };
  });
}

async function search(
  source: Source,
  wanted: readonly PackageId[],
  found: Map<string, string>,
): Promise<void> {
  const versions = new Map(wanted.map(({ name, version }) => [name, version]));
  const take = (name: string, version: string, content: string | Buffer): void => {
    const asked = versions.get(name);
    if (asked === undefined || found.has(name) || compareVersions(asked, version) !== 0) return;
    found.set(name, checksum(content));
  };
  if (source.kind === "packages") {
    for (const { name, version, opam } of source.packages) take(name, version, opam);
  } else if (source.kind === "archive") {
    await readArchive(source.path, take);
  } else {
    for (const { name, version } of wanted) {
      const file = readStamped(regularPath(source.path, name, version));
      if (file !== undefined) take(name, version, file.content);
    }
    if (wanted.every(({ name }) => found.has(name))) return;
    for (const { name, version, path } of listFolder(source.path)) {
      if (!versions.has(name) || found.has(name)) continue;
      const file = readStamped(path);
      if (file !== undefined) take(name, version, file.content);
    }
  }
}

function checksum(content: string | Buffer): string {
  return `sha256=${createHash("sha256").update(content).digest("hex")}`;
}
