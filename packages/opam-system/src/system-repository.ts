import { type OpamRepository, opamRepository, type RepositoryPackage } from "./opam-repository.js";
import { opamFile, opamList, opamString } from "./opam-text.js";
import { type SystemPackage, systemPackages } from "./system-package.js";
import type { DebianUniverse } from "./universe.js";

/** What opam knows the distribution's OCaml by. */
export const systemRepositoryName = "mirage-system";

/**
 * The distribution's OCaml as an opam repository: the compiler as `ocaml-system` and `ocaml`, and
 * every library as a package that has `depexts` and nothing to build. Libraries need each other in
 * exactly the version they were built against, so that opam never mixes them with others.
 */
export function systemRepository(universe: DebianUniverse): OpamRepository {
  const packages = systemPackages(universe);
  return opamRepository(systemRepositoryName, [
    ...compilerPackages(universe),
    ...[...packages.values()].map((found) => libraryPackage(universe, packages, found)),
  ]);
}

function libraryPackage(
  universe: DebianUniverse,
  packages: ReadonlyMap<string, SystemPackage>,
  found: SystemPackage,
): RepositoryPackage {
  const needed = found.depends.flatMap((name) => packages.get(name) ?? []);
  return repositoryPackage(found.name, found.version, {
    ...metadata(found),
    depends: opamList(
      [{ name: "ocaml-system", version: universe.ocamlVersion }, ...needed].map(
        ({ name, version }) => `${opamString(name)} {= ${opamString(version)}}`,
      ),
    ),
    depexts: depexts(found.debian),
  });
}

/** The packages that opam calls the compiler; its `setenv` lets findlib see the switch. */
function compilerPackages(universe: DebianUniverse): RepositoryPackage[] {
  const { ocamlVersion, compiler } = universe;
  const version = opamString(ocamlVersion);
  const common = metadata({ name: "ocaml", origin: compiler });
  return [
    repositoryPackage("ocaml-system", ocamlVersion, {
      ...common,
      flags: "compiler",
      available: `sys-ocaml-version = ${version}`,
      setenv: opamList([
        '[OCAMLPATH += "%{lib}%"]',
        '[CAML_LD_LIBRARY_PATH += "%{lib}%/stublibs"]',
      ]),
      depexts: depexts([compiler.name]),
    }),
    repositoryPackage("ocaml", ocamlVersion, {
      ...common,
      depends: opamList([`"ocaml-system" {= ${version}}`]),
    }),
  ];
}

function metadata({ name, origin }: Pick<SystemPackage, "name" | "origin">) {
  const summary = (origin.summary || name).replace(/\.+$/, "");
  const bugs = `https://bugs.debian.org/${origin.source}`;
  return {
    synopsis: opamString(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}`),
    maintainer: opamString(origin.maintainer || "unknown"),
    authors: opamString("see the homepage"),
    homepage: opamString(origin.homepage ?? `https://packages.debian.org/${origin.name}`),
    "bug-reports": opamString(bugs),
  };
}

function depexts(names: readonly string[]): string {
  return `[[${names.map(opamString).join(" ")}] {os-family = "debian"}]`;
}

function repositoryPackage(
  name: string,
  version: string,
  fields: Readonly<Record<string, string>>,
): RepositoryPackage {
  return { name, version, files: new Map([["opam", opamFile(fields)]]) };
}
