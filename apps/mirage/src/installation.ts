import { join } from "node:path";
import {
  defaultDataFolder,
  type InstallRequest,
  type OpamTarget,
  privateTarget,
  type RepositorySource,
  requireSwitch,
  userTarget,
} from "@mirage/opam-driver";
import {
  debianRequirements,
  loadUniverse,
  type OpamRepository,
  readRuntime,
  repositoryPlan,
  runtimeFolders,
  runtimeRepository,
  runtimeVersions,
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
  const opam = opamTarget(options, dataFolder, universe.ocamlVersion);
  const ours = source(runtimeRepository(runtimes));
  const versions = runtimeVersions(runtimes);
  const onSystem = opam.owned || (await usesSystemCompiler(opam, universe.ocamlVersion));
  return {
    opam,
    request: (packages, log) => ({
      target: opam,
      compiler: { name: "ocaml-system", version: universe.ocamlVersion },
      packages: packages.map((name) => {
        const version = versions.get(name);
        return version === undefined ? { name } : { name, version };
      }),
      repositories: onSystem ? [ours, source(systemRepository(universe))] : [ours],
      systemPackages: onSystem ? debianRequirements(universe, runtimes, packages) : [],
      log,
    }),
  };
}

/** Whether a switch of the user's own can use the distribution's libraries. */
async function usesSystemCompiler(opam: OpamTarget, ocamlVersion: string): Promise<boolean> {
  return (await requireSwitch(opam)).get("ocaml-system") === ocamlVersion;
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
