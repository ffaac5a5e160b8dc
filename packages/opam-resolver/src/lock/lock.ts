import { MirageError } from "@mirage/diagnostics";
import {
  atoms,
  type ConstrainedPackage,
  field,
  filterFormula,
  globals,
  type Item,
  isValidPackageName,
  option,
  type PackageDefinition,
  parseOpam,
  printOpam,
  readPackage,
  spanAt,
  toValue,
  type Value,
} from "@mirage/opam-file";
import type { PackageId } from "../state/switch-state.js";

/** A package in the version that a lock holds it at. */
export interface LockedPackage extends PackageId {
  /** `sha256=…` of its opam file, which names the hashes of its sources. */
  readonly checksum?: string;
}

/** The exact packages of a build, so that it can be repeated. */
export interface Lock {
  /** Of what is built, as opam names packages. */
  readonly name: string;
  /** In the order of their names. */
  readonly packages: readonly LockedPackage[];
}

/** The field with the hashes. opam leaves fields alone whose names begin with `x-`. */
const checksumsField = "x-mirage-checksums";

/**
 * A lock as an opam file, as `opam lock` writes it: `depends` has every package with `{= "version"}`.
 * The same lock gives the same bytes, whatever the order of its packages.
 * @throws MirageError `ERR_MIRAGE_OPAM_LOCK` if its name is no name of a package.
 */
export function printLock({ name, packages }: Lock): string {
  if (!isValidPackageName(name)) {
    throw new MirageError("ERR_MIRAGE_OPAM_LOCK", `opam has no packages with a name like ${name}`, {
      hint: "a name has letters, digits, `-`, `_` and `+`, and at least one letter",
    });
  }
  const sorted = inOrder(packages);
  const items: Item[] = [
    field("opam-version", "2.0"),
    field("name", name),
    field("synopsis", `Exact versions of what ${name} is built with`),
    field("maintainer", "unknown"),
    field("authors", "unknown"),
    field(
      "depends",
      sorted.map((pkg) => option(pkg.name, exactly(pkg.version))),
    ),
  ];
  const checksums = sorted.flatMap((pkg) =>
    pkg.checksum === undefined ? [] : [`${pkg.name}.${pkg.version} ${pkg.checksum}`],
  );
  if (checksums.length > 0) items.push(field(checksumsField, checksums));
  return printOpam({ items });
}

/**
 * Reads a lock, also one by `opam lock`; packages that are there for tests or documentation only are
 * left out, as `opam install --locked` does.
 * @throws MirageError as parseOpam; `ERR_MIRAGE_OPAM_LOCK` with a span where it is no lock.
 */
export function readLock(text: string, file: string): Lock {
  const opam = parseOpam(text, file);
  const { package: pkg, diagnostics } = readPackage(opam);
  const wrong = diagnostics.find(({ severity }) => severity === "error");
  if (wrong !== undefined) {
    throw new MirageError(wrong.code, wrong.message, {
      ...(wrong.hint !== undefined && { hint: wrong.hint }),
      ...(wrong.span !== undefined && { span: wrong.span }),
    });
  }
  const refuse = (message: string): never => {
    const place = opam.items.find((item) => item.kind === "field" && item.name === "depends");
    throw new MirageError("ERR_MIRAGE_OPAM_LOCK", message, {
      hint: "write the lock again",
      span: spanAt(text, file, place?.start ?? 0, place?.end ?? 0),
    });
  };
  const checksums = checksumsOf(pkg, () =>
    refuse(`\`${checksumsField}\` is not a list of packages with checksums`),
  );
  const packages = lockedVersions(pkg, refuse).map(({ name, version }) => {
    const checksum = checksums.get(`${name}.${version}`);
    return checksum === undefined ? { name, version } : { name, version, checksum };
  });
  const base = file.replace(/^.*\//, "").replace(/\.opam(?:\.locked)?$/, "");
  return { name: pkg.name ?? base, packages: inOrder(packages) };
}

function lockedVersions(
  { depends }: PackageDefinition,
  refuse: (message: string) => never,
): PackageId[] {
  const resolved = filterFormula(depends, globals({ build: true, post: true }));
  if (resolved.kind === "or") refuse("a lock has no alternatives");
  const versions = new Map<string, string>();
  const alternatives = resolved.kind === "and" && resolved.items.some(({ kind }) => kind === "or");
  if (alternatives) refuse("a lock has no alternatives");
  for (const pkg of atoms(resolved)) {
    const version = exactVersion(pkg) ?? refuse(`\`${pkg.name}\` is not locked to one version`);
    const other = versions.get(pkg.name);
    if (other !== undefined && other !== version) {
      refuse(`\`${pkg.name}\` is locked to two versions, ${other} and ${version}`);
    }
    versions.set(pkg.name, version);
  }
  return [...versions].map(([name, version]) => ({ name, version }));
}

function exactVersion({ versions }: ConstrainedPackage): string | undefined {
  return versions.kind === "atom" && versions.atom.op === "=" ? versions.atom.version : undefined;
}

function checksumsOf(
  { extensions }: PackageDefinition,
  refuse: () => never,
): ReadonlyMap<string, string> {
  const value = extensions.get(checksumsField);
  if (value === undefined) return new Map();
  if (value.kind !== "list") return refuse();
  return new Map(
    value.items.map((item) => {
      const [id, checksum] = item.kind === "string" ? item.value.split(" ") : [];
      if (id === undefined || checksum === undefined) return refuse();
      return [id, checksum];
    }),
  );
}

function exactly(version: string): Value {
  const value = toValue(version);
  if (value.kind !== "string") throw new TypeError("a version is a string");
  return { kind: "prefix-relop", op: "=", value, start: 0, end: 0 };
}

function inOrder<T extends PackageId>(packages: readonly T[]): T[] {
  return [...packages].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
