import { join } from "node:path";
import {
  defaultDataFolder,
  type InstallRequest,
  type OpamTarget,
  privateTarget,
  type RepositorySource,
  userTarget,
} from "@mirage/opam-driver";
import {
  loadUniverse,
  type OpamRepository,
  readRuntime,
  repositoryPlan,
  runtimeFolders,
  runtimeRepository,
  systemRepository,
} from "@mirage/opam-system";

export interface OpamOptions {
  readonly opamRoot?: string;
  readonly switch?: string;
}

export interface Installation {
  /** Where packages go; a Makefile needs to know. */
  readonly opam: OpamTarget;
  /** What has to be in place for the application's opam packages. */
  request(packages: readonly string[], log: string): InstallRequest;
}

/** Puts together what opam is asked: our runtimes first, then the distribution's libraries. */
export async function prepareInstallation(options: OpamOptions): Promise<Installation> {
  const dataFolder = defaultDataFolder();
  const [universe, runtimes] = await Promise.all([
    loadUniverse({ cacheFolder: join(dataFolder, "cache") }),
    Promise.all(runtimeFolders(import.meta.url).map(readRuntime)),
  ]);
  const repositories = [runtimeRepository(runtimes), systemRepository(universe)].map(source);
  const opam = opamTarget(options, dataFolder, universe.ocamlVersion);
  return {
    opam,
    request: (packages, log) => ({
      target: opam,
      compiler: { name: "ocaml-system", version: universe.ocamlVersion },
      packages: packages.map((name) => ({ name })),
      repositories,
      systemPackages: [universe.compiler.name],
      log,
    }),
  };
}

function opamTarget(options: OpamOptions, dataFolder: string, ocamlVersion: string): OpamTarget {
  const { opamRoot: root } = options;
  const wanted = options.switch ?? (root === undefined ? undefined : `mirage-${ocamlVersion}`);
  if (wanted === undefined) return privateTarget(dataFolder, ocamlVersion);
  return userTarget(dataFolder, { switch: wanted, ...(root === undefined ? {} : { root }) });
}

function source(repository: OpamRepository): RepositorySource {
  const { name, fingerprint } = repository;
  return { name, fingerprint, plan: (folder) => repositoryPlan(repository, folder) };
}
