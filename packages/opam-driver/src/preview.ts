import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execute } from "@mirage/plan";
import { readDpkg } from "./dpkg.js";
import { findOpam } from "./find-opam.js";
import { openLog } from "./log.js";
import { repositoryFolder } from "./repositories.js";
import { type InstallRequest, type OpamPackage, packageText } from "./request.js";
import { runOpam, type Session, tryOpam } from "./session.js";
import { repositoryFolders } from "./situation.js";
import { readInstalled } from "./switch-state.js";
import type { OpamTarget } from "./target.js";

/** What an installation would add. */
export interface Preview {
  /** opam packages, in the order of their installation. */
  readonly packages: readonly Required<OpamPackage>[];
  /** Packages of the distribution. */
  readonly systemPackages: readonly string[];
}

/**
 * Says what {@link ensureInstalled} would install into a private switch, by asking opam in a root
 * of its own that is removed again: nothing else is touched, and nothing needs to be there but opam.
 */
export async function previewInstallation(
  request: InstallRequest,
  signal: AbortSignal = new AbortController().signal,
): Promise<Preview> {
  await findOpam([]);
  const folder = await mkdtemp(join(tmpdir(), "mirage-preview-"));
  const log = openLog(request.log);
  try {
    const target: OpamTarget = {
      root: join(folder, "root"),
      switch: "preview",
      owned: true,
      dataFolder: folder,
    };
    const session: Session = {
      target,
      log,
      signal,
      repositoryFolders: repositoryFolders({ ...request, target }),
      env: { OPAMVAR_sys_ocaml_version: request.compiler.version },
      progress: () => {},
    };
    await setUp({ ...request, target }, session);
    return await ask(request, session, join(folder, "solution.json"));
  } finally {
    log.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function setUp({ target, repositories }: InstallRequest, session: Session): Promise<void> {
  const flags = ["--bare", "--disable-sandboxing", "--no-setup"];
  for (const [index, source] of repositories.entries()) {
    const folder = repositoryFolder(target, source);
    await execute(source.plan(folder));
    const how = index === 0 ? ["init", ...flags] : ["repository", "add", "--set-default"];
    await runOpam(session, "set up its root", [...how, source.name, folder]);
  }
  await runOpam(session, "create a switch", ["switch", "create", target.switch, "--empty"]);
}

async function ask(request: InstallRequest, session: Session, file: string): Promise<Preview> {
  const wanted = [request.compiler, ...request.packages].map(packageText);
  const flags = ["--show-actions", `--json=${file}`];
  await runOpam(session, `install ${wanted.join(", ")}`, ["install", ...flags, ...wanted]);
  const present = await readInstalled(request.target);
  const packages = solutionOf(await readFile(file, "utf8")).filter(
    ({ name, version }) => present?.get(name) !== version,
  );
  const list = await tryOpam(session, ["list", "--external", `--resolve=${wanted.join(",")}`]);
  const dpkg = await readDpkg();
  const external = [...request.systemPackages, ...list.stdout.split(/\s+/)];
  const systemPackages = [...new Set(external)]
    .filter((name) => name !== "" && !dpkg?.versions.has(name))
    .sort();
  return { packages, systemPackages };
}

/** What is installed by the solution in opam's `--json` output. */
export function solutionOf(json: string): Required<OpamPackage>[] {
  const { solution = [] } = JSON.parse(json) as {
    solution?: readonly { readonly install?: Required<OpamPackage> }[];
  };
  return solution.flatMap(({ install }) =>
    install ? [{ name: install.name, version: install.version }] : [],
  );
}
