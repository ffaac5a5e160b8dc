import { basename, join } from "node:path";
import { MirageError } from "@mirage/diagnostics";
import {
  defaultDataFolder,
  type InstallRequest,
  type OpamTarget,
  privateTarget,
  type RepositorySource,
  requireCrossTools,
  requireSwitch,
  userTarget,
} from "@mirage/opam-driver";
import {
  type Atom,
  type Explanation,
  type Outcome,
  type PackageId,
  type Question,
  Resolver,
  readOpamRoot,
  type Source,
  type SwitchInput,
  systemVariables,
  type Variables,
  variableLookup,
  type WhatIf,
} from "@mirage/opam-resolver";
import type { LockedPackage } from "@mirage/opam-resolver/lock";
import {
  type DebianUniverse,
  loadUniverse,
  type OpamRepository,
  packageOfLibrary,
  readRuntime,
  repositoryPlan,
  runtimeFolders,
  runtimeRepository,
  runtimeVersions,
  type SystemPackage,
  systemPackages,
  systemRepository,
  systemRepositoryName,
} from "@mirage/opam-system";
import type { Architecture } from "@mirage/types";
import { type CarriedPackage, carriedPackages } from "./carried.js";

export interface OpamOptions {
  readonly opamRoot?: string;
  readonly switch?: string;
  /** Where programs are for other processors than this machine's. */
  readonly architecture?: Architecture;
}

/** How to choose among versions. */
export interface Choice {
  /** Of these packages only these versions. */
  readonly locked?: readonly PackageId[];
  /** As if nothing were installed. */
  readonly anew?: boolean;
}

export interface Installation {
  /** Where packages go; a Makefile needs to know. */
  readonly opam: OpamTarget;
  /** Chooses versions of opam packages and of all they need; of our own there is one only. */
  choose(atoms: readonly Atom[], choice?: Choice): Promise<Outcome>;
  /** The opam package that has a library, of those that are known to the library. */
  packageOf(library: string): string | undefined;
  /** The top-level libraries of the distribution's packages and ours. */
  libraryNames(): readonly string[];
  /** The opam packages of the distribution and ours. */
  packageNames(): readonly string[];
  /** Whether all of a package's libraries are among these. */
  isKnown(name: string): boolean;
  /** Why packages can't be had, with what could be asked for instead; undefined if they can. */
  explain(atoms: readonly Atom[]): Promise<Explanation | undefined>;
  /** Why a package that would be chosen isn't newer; undefined if it wouldn't be chosen. */
  whatIfNewer(atoms: readonly Atom[], name: string, choice: Choice): Promise<WhatIf | undefined>;
  /** Adds the checksums of what the repositories say of packages. */
  withChecksums(packages: readonly PackageId[]): Promise<LockedPackage[]>;
  /** Those of the chosen packages whose build rules came with a folder. */
  carried(chosen: readonly PackageId[], directory: string): readonly CarriedPackage[];
  /** What has to be in place for the chosen packages; those not asked for are dependencies. */
  request(
    chosen: readonly PackageId[],
    asked: ReadonlySet<string>,
    log: Pick<InstallRequest, "log" | "logWithin">,
  ): InstallRequest;
}

/** Puts together where packages come from: our runtimes first, then the distribution, then opam. */
export async function prepareInstallation(options: OpamOptions): Promise<Installation> {
  const dataFolder = defaultDataFolder();
  const [universe, runtimes] = await Promise.all([
    distributionFor(options, join(dataFolder, "cache")),
    Promise.all(runtimeFolders(import.meta.url).map(readRuntime)),
  ]);
  const opam = opamTarget(options, dataFolder, universe?.ocamlVersion);
  const compiler =
    universe === undefined
      ? { name: "ocaml", version: (await requireSwitch(opam)).get("ocaml") ?? "" }
      : { name: "ocaml-system", version: universe.ocamlVersion };
  if (options.architecture) await requireCrossTools(options.architecture);
  const distribution = (opam.owned || (await hasPackage(opam, compiler))) && universe;
  const ours = runtimeRepository(runtimes);
  const repositories = distribution ? [ours, systemRepository(distribution)] : [ours];
  const around = opam.owned
    ? privateSurroundings(compiler)
    : userSurroundings(opam, [ours.name, systemRepositoryName]);
  const sources = [...repositories.map(packageTexts), ...around.sources];
  const variables = variableLookup(
    around.variables,
    { "sys-ocaml-version": compiler.version },
    systemVariables(),
  );
  const versions = runtimeVersions(runtimes);
  let opened: Promise<Resolver> | undefined;
  const resolver = () => {
    opened ??= Resolver.open(sources);
    return opened;
  };
  const question = (atoms: readonly Atom[], choice: Choice): Question => ({
    request: { kind: "install", atoms: atoms.map((atom) => asOurs(atom, versions)) },
    state: stateFor(around.state, choice),
    variables,
  });
  const system = distribution ? systemPackages(distribution) : new Map<string, SystemPackage>();
  return {
    opam,
    packageOf: (library) => {
      const [top = ""] = library.split(".");
      return versions.has(top) ? top : packageOfLibrary(system, top)?.name;
    },
    libraryNames: () => [
      ...versions.keys(),
      ...[...system.values()].flatMap(({ libraries }) => libraries),
    ],
    packageNames: () => [...versions.keys(), ...system.keys()],
    isKnown: (name) => versions.has(name) || system.has(name),
    choose: async (atoms, choice = {}) => (await resolver()).resolve(question(atoms, choice)),
    explain: async (atoms) => (await resolver()).explain(question(atoms, {})),
    whatIfNewer: async (atoms, name, choice) => {
      return (await resolver()).whatIfNewer(question(atoms, choice), name);
    },
    withChecksums: async (packages) => {
      const { withChecksums } = await import("@mirage/opam-resolver/lock");
      return withChecksums(packages, sources, around.state.pins);
    },
    carried: (chosen, directory) => carriedPackages(chosen, around.state.pins, directory),
    request: (chosen, asked, log) => ({
      target: opam,
      compiler,
      packages: chosen.filter(({ name }) => asked.has(name)),
      dependencies: chosen.filter(({ name }) => !asked.has(name)),
      repositories: repositories.map(repositorySource),
      systemPackages: distribution ? debianPackages(distribution, chosen) : [],
      ...log,
    }),
  };
}

/** The distribution's OCaml; undefined where there is no apt, if a switch of the user's was named. */
async function distributionFor(
  options: OpamOptions,
  cacheFolder: string,
): Promise<DebianUniverse | undefined> {
  try {
    return await loadUniverse({ cacheFolder });
  } catch (error) {
    const isNone = error instanceof MirageError && /_NOT_DEBIAN$|_NO_OCAML$/.test(error.code);
    if (isNone && options.switch !== undefined) return undefined;
    throw error;
  }
}

/** What counts besides mirage's own repositories. */
interface Surroundings {
  readonly sources: readonly Source[];
  readonly state: SwitchInput;
  readonly variables: Variables;
}

/** Nothing but the compiler, so that the choice depends on the repositories alone. */
function privateSurroundings({ name, version }: PackageId): Surroundings {
  const invariant = `${JSON.stringify(name)} {= ${JSON.stringify(version)}}`;
  return { sources: [], state: { invariant }, variables: {} };
}

/** What opam has in the user's switch, but for the copies of our own repositories. */
function userSurroundings(opam: OpamTarget, own: readonly string[]): Surroundings {
  const { sources, state, variables } = readOpamRoot(opam.root, opam.switch);
  const isOwn = (source: Source) =>
    source.kind !== "packages" && own.includes(basename(source.path).replace(/\.tar.*$/, ""));
  return { sources: sources.filter((source) => !isOwn(source)), state, variables };
}

function stateFor(state: SwitchInput, { locked = [], anew = false }: Choice): SwitchInput {
  const { pins = [] } = state;
  const pinned = new Set(pins.map(({ name }) => name));
  return {
    ...state,
    ...(anew ? { installed: [], roots: [], reinstall: [] } : {}),
    pins: [...pins, ...locked.filter(({ name }) => !pinned.has(name))],
  };
}

function asOurs(atom: Atom, versions: ReadonlyMap<string, string>): Atom {
  const version = versions.get(atom.name);
  return version === undefined ? atom : { name: atom.name, op: "=", version };
}

/** The distribution's packages that have the chosen opam packages in them. */
function debianPackages(universe: DebianUniverse, chosen: readonly PackageId[]): string[] {
  const system = systemPackages(universe);
  const names = chosen.flatMap(({ name, version }) => {
    const found = system.get(name);
    return found?.version === version ? found.debian : [];
  });
  return [...new Set([universe.compiler.name, ...names])].sort();
}

async function hasPackage(opam: OpamTarget, { name, version }: PackageId): Promise<boolean> {
  return (await requireSwitch(opam)).get(name) === version;
}

function opamTarget(
  options: OpamOptions,
  dataFolder: string,
  ocamlVersion: string | undefined,
): OpamTarget {
  const { opamRoot: root, architecture } = options;
  const ours = `mirage-${ocamlVersion}`;
  const wanted = options.switch ?? (root === undefined ? undefined : ours);
  if (wanted === undefined) {
    return privateTarget(dataFolder, ocamlVersion ?? "", architecture?.name);
  }
  if (architecture !== undefined) {
    throw new MirageError(
      "ERR_MIRAGE_USAGE",
      `--arch ${architecture.name} takes a switch of mirage's own`,
      { hint: "leave out --switch and --opam-root", exitCode: 2 },
    );
  }
  return userTarget(dataFolder, { switch: wanted, ...(root === undefined ? {} : { root }) });
}

function repositorySource(repository: OpamRepository): RepositorySource {
  const { name, fingerprint } = repository;
  return { name, fingerprint, plan: (folder) => repositoryPlan(repository, folder) };
}

function packageTexts({ packages }: OpamRepository): Source {
  return {
    kind: "packages",
    packages: packages.map(({ name, version, files }) => {
      return { name, version, opam: String(files.get("opam")) };
    }),
  };
}
