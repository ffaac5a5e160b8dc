import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../workspace.mjs";

/** The folder with the recorded repository: `$MIRAGE_OPAM_DATA`, or `../shared/data/opam`. */
export function opamData() {
  const folder = process.env.MIRAGE_OPAM_DATA || join(root, "../shared/data/opam");
  if (!existsSync(join(folder, "repository.tar.zst"))) {
    throw new Error(
      `There is no repository.tar.zst in ${folder}: set MIRAGE_OPAM_DATA to a folder with one.`,
    );
  }
  return folder;
}

/** Unpacks a tar archive as a repository's folder. */
export function unpack(archive, folder) {
  mkdirSync(folder, { recursive: true });
  execFileSync("tar", ["--zstd", "-xf", archive, "-C", folder]);
  const repo = join(folder, "repo");
  if (!existsSync(repo)) writeFileSync(repo, 'opam-version: "2.0"\n');
}

/** The names in a repository's folder. */
export function packageNames(folder) {
  return readdirSync(join(folder, "packages")).sort();
}

/** Copies the given names from one repository's folder to another, renamed if `rename` is given. */
export function copyPackages(from, to, names, rename = (name) => name) {
  const known = new Set(names);
  let versions = 0;
  for (const name of names) {
    for (const version of readdirSync(join(from, "packages", name))) {
      const file = join(from, "packages", name, version, "opam");
      if (!existsSync(file)) continue;
      const text = readFileSync(file, "latin1").replace(/"([A-Za-z0-9_+-]+)"/g, (all, word) =>
        known.has(word) ? `"${rename(word)}"` : all,
      );
      const target = join(to, "packages", rename(name), rename(name) + version.slice(name.length));
      mkdirSync(target, { recursive: true });
      writeFileSync(join(target, "opam"), text, "latin1");
      versions++;
    }
  }
  writeFileSync(join(to, "repo"), readFileSync(join(from, "repo")));
  return versions;
}
