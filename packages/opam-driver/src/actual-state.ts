import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { dpkgStamp, readDpkg } from "./dpkg.js";
import { type Notes, readNotes, writeNotes } from "./notes.js";
import { readRepositoryUrls, repositoryFolder } from "./repositories.js";
import { type InstallRequest, packageText, requestKey } from "./request.js";
import { type InstalledPackages, readInstalled } from "./switch-state.js";
import { type OpamTarget, switchConfigPath, switchPrefix } from "./target.js";

/** What is there already, as far as files tell. */
export interface ActualState {
  readonly notes: Notes;
  /** Undefined when there is no root. */
  readonly repositoryUrls: ReadonlyMap<string, string> | undefined;
  readonly rootFolderExists: boolean;
  /** Undefined when there is no usable switch. */
  readonly installed: InstalledPackages | undefined;
  readonly switchFolderExists: boolean;
  /** Asked for, but not installed. */
  readonly missingSystemPackages: readonly string[];
  /** Packages of the distribution that changed since something was built against them. */
  readonly changedSystemPackages: readonly string[];
}

/** Looks at the files; calls no program. */
export async function readActualState(request: InstallRequest): Promise<ActualState> {
  const { target } = request;
  const notes = await readNotes(target);
  const dpkg = await readDpkg(target);
  const rootIsWhole = await allWhole(rootFiles(target));
  const switchIsWhole = rootIsWhole && (await allWhole([switchConfigPath(target)]));
  return {
    notes,
    repositoryUrls: rootIsWhole ? await readRepositoryUrls(target.root) : undefined,
    rootFolderExists: await exists(target.root),
    installed: switchIsWhole ? await readInstalled(target) : undefined,
    switchFolderExists: await exists(switchPrefix(target)),
    missingSystemPackages: dpkg
      ? request.systemPackages.filter((name) => !dpkg.versions.has(name))
      : [],
    changedSystemPackages: dpkg
      ? Object.entries(notes.systemPackages)
          .filter(([name, version]) => dpkg.versions.get(name) !== version)
          .map(([name]) => name)
      : [],
  };
}

/**
 * What is installed, when the request is known to be satisfied; undefined when somebody has to look
 * closer. A matter of milliseconds.
 */
export async function knownAsSatisfied(
  request: InstallRequest,
): Promise<InstalledPackages | undefined> {
  const { target } = request;
  const [notes, installed, stamp, isWhole, hasLibraries] = await Promise.all([
    readNotes(target),
    readInstalled(target),
    dpkgStamp(target),
    allWhole([...rootFiles(target), switchConfigPath(target)]),
    exists(join(switchPrefix(target), "lib")),
  ]);
  const solution = notes.satisfied[requestKey(request)];
  if (!solution || !installed || !isWhole || !hasLibraries || notes.underWay) return undefined;
  const present = new Set([...installed].map(([name, version]) => packageText({ name, version })));
  if (!solution.every((text) => present.has(text))) return undefined;
  if (stamp === undefined || stamp === notes.dpkgStamp) return installed;
  const { changedSystemPackages, missingSystemPackages } = await readActualState(request);
  if (changedSystemPackages.length > 0 || missingSystemPackages.length > 0) return undefined;
  await writeNotes(target, { ...notes, dpkgStamp: stamp });
  return installed;
}

/** The folders that the request's repositories go to. */
export function repositoryFolders(request: InstallRequest): string[] {
  return request.repositories.map((source) => repositoryFolder(request.target, source));
}

/** Files without which opam does not work with a root. */
function rootFiles({ root }: OpamTarget): string[] {
  return [join(root, "config"), join(root, "repo", "repos-config")];
}

/** Whether opam has written these files of its own to their ends. */
async function allWhole(paths: readonly string[]): Promise<boolean> {
  const texts = paths.map((path) => readFile(path, "utf8").catch(() => ""));
  return (await Promise.all(texts)).every(
    (text) => text.startsWith("opam-version: ") && text.endsWith("\n"),
  );
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
