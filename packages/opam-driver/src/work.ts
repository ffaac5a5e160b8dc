import { rm } from "node:fs/promises";
import { repositoryFolders } from "./actual-state.js";
import { aptInstall } from "./apt.js";
import { dpkgStamp, readDpkg } from "./dpkg.js";
import { checkLosses } from "./losses.js";
import { type Notes, noNotes, readNotes, writeNotes } from "./notes.js";
import {
  type RepositorySource,
  removeOtherRepositories,
  repositoriesFolder,
  repositoryFolder,
} from "./repositories.js";
import { allPackages, type InstallRequest, packageText, requestKey } from "./request.js";
import { sandboxObstacle } from "./sandbox.js";
import { runOpam, type Session, tryOpam } from "./session.js";
import { readInstalled, readRoots } from "./switch-state.js";
import { unpackPackages } from "./sysroot/unpack.js";
import { switchPrefix } from "./target.js";

/** Installs packages of the distribution, or unpacks them for other processors. */
export async function installSystemPackages(
  names: readonly string[],
  session: Session,
): Promise<void> {
  const { log, progress, signal } = session;
  const { sysroot } = session.target;
  if (sysroot !== undefined) {
    await unpackPackages(names, sysroot, { log, onProgress: progress, signal });
    return;
  }
  await aptInstall(names, { log, onProgress: progress, signal });
}

/** Removes a private root with all that belongs to it. */
export async function removeRoot({ target }: InstallRequest): Promise<void> {
  await rm(target.root, { recursive: true, force: true });
  await writeNotes(target, noNotes);
}

/** Removes the repositories that were written for a root. */
export async function removeRepositories({ target }: InstallRequest): Promise<void> {
  await rm(repositoriesFolder(target), { recursive: true, force: true });
}

/** Makes a private root that knows the first repository. */
export async function createRoot(request: InstallRequest, session: Session): Promise<void> {
  const { target } = request;
  const [first] = request.repositories;
  const address = first ? [first.name, repositoryFolder(target, first)] : [];
  await writeNotes(target, { ...noNotes, underWay: "root" });
  const obstacle = await sandboxObstacle();
  if (obstacle !== undefined) {
    session.progress({ text: `opam builds packages without its sandbox: ${obstacle}` });
  }
  const sandboxing = obstacle === undefined ? [] : ["--disable-sandboxing"];
  const flags = ["--bare", ...sandboxing, "--no-setup"];
  await runOpam(session, "set up its root", ["init", ...flags, ...address]);
  await writeNotes(target, noNotes);
}

/** Makes opam use the present content of a repository; `known` is the address it has for it. */
export async function useRepository(
  session: Session,
  source: RepositorySource,
  known: string | undefined,
  scope: readonly string[],
): Promise<void> {
  const purpose = `read the repository ${source.name}`;
  const url = `file://${repositoryFolder(session.target, source)}`;
  if (known !== undefined && known !== url) {
    await runOpam(session, purpose, ["repository", "set-url", source.name, url]);
  }
  const address = known === undefined ? [url] : [];
  await runOpam(session, purpose, ["repository", "add", source.name, ...address, ...scope]);
}

/** Makes a private switch with nothing but the compiler in it. */
export async function createSwitch(request: InstallRequest, session: Session): Promise<void> {
  const { target } = request;
  await writeNotes(target, { ...noNotes, underWay: "switch" });
  const args = ["switch", "create", target.switch, packageText(request.compiler)];
  await runOpam(session, `create the switch ${target.switch}`, args);
  await writeNotes(target, noNotes);
}

/** opam removes the switch from its list; what it leaves behind, or cannot read, goes by hand. */
export async function removeSwitch({ target }: InstallRequest, session: Session): Promise<void> {
  await writeNotes(target, { ...noNotes, underWay: "switch" });
  await tryOpam(session, ["switch", "remove", target.switch]);
  await rm(switchPrefix(target), { recursive: true, force: true });
}

/** Installs what is requested, and the distribution's packages that it needs before. */
export async function installPackages(request: InstallRequest, session: Session): Promise<void> {
  const { target } = request;
  const texts = allPackages(request).map(packageText);
  const external = await externalPackages(session, texts);
  const present = await readDpkg(target);
  const missing = present ? external.filter((name) => !present.versions.has(name)) : [];
  if (missing.length > 0) await installSystemPackages(missing, session);

  if (!target.owned) await checkLosses(request, session);
  const { underWay: _, ...calm } = await readNotes(target);
  await writeNotes(target, { ...calm, underWay: "install" });
  try {
    const roots = await readRoots(target);
    const wanted = request.packages.map(packageText).join(", ");
    await runOpam(session, `install ${wanted}`, ["install", "--verbose", ...texts]);
    if (!target.owned) await unsetRoots(request, session, roots);
  } catch (error) {
    if (!wasCutShort(error)) await writeNotes(target, calm);
    throw error;
  }
  await writeNotes(target, await notesAfter(request, calm, external));
  await removeOtherRepositories(target, repositoryFolders(request));
}

/** opam takes every package it was told to install for one that the user asked for. */
async function unsetRoots(
  { dependencies = [] }: InstallRequest,
  session: Session,
  roots: ReadonlySet<string>,
): Promise<void> {
  const automatic = dependencies.filter(({ name }) => !roots.has(name)).map(packageText);
  if (automatic.length === 0) return;
  await runOpam(session, "note dependencies", ["install", "--unset-root", ...automatic]);
}

/**
 * The distribution's packages that a solution for these packages needs. None when there is no
 * solution: the installation will then say why.
 */
async function externalPackages(session: Session, texts: readonly string[]): Promise<string[]> {
  const result = await tryOpam(session, ["list", "--external", `--resolve=${texts.join(",")}`]);
  if (result.exitCode !== 0) return [];
  return result.stdout.split(/\s+/).filter((name) => /^[a-z0-9][a-z0-9+.-]*$/.test(name));
}

const keptSolutions = 32;

async function notesAfter(
  request: InstallRequest,
  before: Notes,
  external: readonly string[],
): Promise<Notes> {
  const [installed, dpkg, stamp] = await Promise.all([
    readInstalled(request.target),
    readDpkg(request.target),
    dpkgStamp(request.target),
  ]);
  const solution = allPackages(request).map(({ name }) => {
    const version = installed?.get(name);
    return packageText(version === undefined ? { name } : { name, version });
  });
  const systemPackages: Record<string, string> = { ...before.systemPackages };
  for (const name of [...external, ...request.systemPackages]) {
    const version = dpkg?.versions.get(name);
    if (version !== undefined) systemPackages[name] = version;
  }
  const others = Object.entries(before.satisfied).slice(1 - keptSolutions);
  return {
    satisfied: { ...Object.fromEntries(others), [requestKey(request)]: solution },
    systemPackages,
    ...(stamp === undefined ? {} : { dpkgStamp: stamp }),
  };
}

function wasCutShort(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === "ERR_MIRAGE_OPAM_KILLED" || code === "ERR_MIRAGE_INTERRUPTED";
}
