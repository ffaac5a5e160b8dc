import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Plan } from "@mirage/plan";
import { type OpamTarget, rootKey } from "./target.js";

/** An opam repository that somebody else can write. */
export interface RepositorySource {
  readonly name: string;
  /** Changes when the content does; letters and digits. */
  readonly fingerprint: string;
  /** Effects that put the whole repository into a folder, or nothing. */
  plan(folder: string): Plan;
}

/** Where a repository goes: another content is another folder. */
export function repositoryFolder(target: OpamTarget, source: RepositorySource): string {
  return join(repositoriesFolder(target), `${source.name}-${source.fingerprint}`);
}

/** The folder of all repositories that the driver made for a root. */
export function repositoriesFolder(target: OpamTarget): string {
  return join(target.dataFolder, "repositories", rootKey(target));
}

/** The addresses of a root's repositories, by name; undefined when there is no such root. */
export async function readRepositoryUrls(
  root: string,
): Promise<ReadonlyMap<string, string> | undefined> {
  const text = await readFile(join(root, "repo", "repos-config"), "utf8").catch(() => undefined);
  return text === undefined ? undefined : parseRepositoryUrls(text);
}

/** Reads opam's `repos-config` file. */
export function parseRepositoryUrls(text: string): ReadonlyMap<string, string> {
  const urls = new Map<string, string>();
  for (const [, name, url] of text.matchAll(/"([^"]+)"\s*\{\s*"([^"]+)"/g)) {
    if (name !== undefined && url !== undefined) urls.set(name, url);
  }
  return urls;
}

/** Names of the packages in repositories that have been written. */
export async function packageNames(folders: readonly string[]): Promise<string[]> {
  const lists = folders.map((folder) => readdir(join(folder, "packages")).catch(() => []));
  return [...new Set((await Promise.all(lists)).flat())].sort();
}

/** Removes the repositories of a root that are not in use any more. */
export async function removeOtherRepositories(
  target: OpamTarget,
  used: readonly string[],
): Promise<void> {
  const folder = repositoriesFolder(target);
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (!used.includes(path)) await rm(path, { recursive: true, force: true });
  }
}
