import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Plan } from "@mirage/plan";

/** One version of a package in an opam repository. */
export interface RepositoryPackage {
  readonly name: string;
  readonly version: string;
  /** Its files by path below the package's folder; `opam` is one of them. */
  readonly files: ReadonlyMap<string, string | Uint8Array>;
}

/** An opam repository as data. */
export interface OpamRepository {
  readonly name: string;
  readonly packages: readonly RepositoryPackage[];
  /** A hash of all that is in it. */
  readonly fingerprint: string;
}

/** A repository of these packages; its fingerprint does not depend on their order. */
export function opamRepository(
  name: string,
  packages: readonly RepositoryPackage[],
): OpamRepository {
  const hash = createHash("sha256");
  for (const [path, content] of [...repositoryFiles(packages)].sort(([a], [b]) =>
    a < b ? -1 : 1,
  )) {
    hash.update(`${path}\0${Buffer.byteLength(content)}\0`).update(content);
  }
  return { name, packages, fingerprint: hash.digest("hex").slice(0, 16) };
}

/** The files of a repository by path below its folder. */
export function repositoryFiles(
  packages: readonly RepositoryPackage[],
): ReadonlyMap<string, string | Uint8Array> {
  const files = new Map<string, string | Uint8Array>([["repo", 'opam-version: "2.0"\n']]);
  for (const { name, version, files: own } of packages) {
    for (const [path, content] of own) {
      files.set(`packages/${name}/${name}.${version}/${path}`, content);
    }
  }
  return files;
}

/**
 * Puts a repository into a folder, whole or not at all: it is made beside and renamed. What was
 * in the folder before is replaced.
 */
export function repositoryPlan(repository: OpamRepository, folder: string): Plan {
  return [
    {
      kind: "step",
      title: `write the opam repository ${repository.name}`,
      detail: `${repository.packages.length} packages in ${folder}`,
      perform: async () => {
        await mkdir(dirname(folder), { recursive: true });
        const temporary = await mkdtemp(`${folder}.`);
        try {
          for (const [path, content] of repositoryFiles(repository.packages)) {
            const target = join(temporary, path);
            await mkdir(dirname(target), { recursive: true });
            await writeFile(target, content);
          }
          await rm(folder, { recursive: true, force: true });
          await rename(temporary, folder);
        } catch (error) {
          await rm(temporary, { recursive: true, force: true });
          throw error;
        }
      },
    },
  ];
}
