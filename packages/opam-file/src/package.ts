import type { EnvOp, Value } from "./ast.js";
import type { Filter, VariableFilter } from "./filter.js";
import type { PackageFormula } from "./formula.js";
import type { PackageId } from "./names.js";

/** Something under a condition. */
export interface Filtered<T> {
  readonly value: T;
  /** Undefined: always. */
  readonly filter: Filter | undefined;
}

/** One argument of a command: a string, which may contain `%{interpolations}%`, or a variable. */
export type Argument = { readonly kind: "string"; readonly value: string } | VariableFilter;

/** A command, with a condition on the whole and on each argument. */
export type Command = Filtered<readonly Filtered<Argument>[]>;

/** A change of an environment variable. */
export interface EnvUpdate {
  readonly variable: string;
  readonly op: "=" | EnvOp;
  readonly value: string;
}

/** Packages of the system's own package manager. */
export interface Depext {
  readonly packages: readonly string[];
  readonly filter: Filter;
}

/** An optional feature (experimental in opam): a variable, true if its formula is satisfied. */
export interface Feature {
  readonly name: string;
  readonly formula: PackageFormula;
  readonly description: string;
}

/** Where an archive or a repository is fetched from. */
export interface Source {
  readonly src: string | undefined;
  /** `md5=…`, `sha256=…` or `sha512=…`. */
  readonly checksums: readonly string[];
  readonly mirrors: readonly string[];
  readonly subpath: string | undefined;
  readonly swhid: string | undefined;
}

/** The fields of a package's opam file, typed. Absent lists are empty, an absent formula too. */
export interface PackageDefinition {
  readonly opamVersion: string | undefined;
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly synopsis: string | undefined;
  readonly description: string | undefined;
  readonly maintainer: readonly string[];
  readonly authors: readonly string[];
  readonly license: readonly string[];
  readonly tags: readonly string[];
  readonly homepage: readonly string[];
  readonly doc: readonly string[];
  readonly bugReports: readonly string[];
  readonly devRepo: string | undefined;
  /** What the package needs. */
  readonly depends: PackageFormula;
  /** What it uses if installed: a disjunction. */
  readonly depopts: PackageFormula;
  /** What must not be installed beside it: a disjunction. */
  readonly conflicts: PackageFormula;
  /** No two packages sharing a class can be installed together. */
  readonly conflictClass: readonly string[];
  readonly available: Filter;
  /** Those of `flags` and the tags `flags:NAME`. */
  readonly flags: readonly string[];
  readonly setenv: readonly EnvUpdate[];
  readonly buildEnv: readonly EnvUpdate[];
  readonly build: readonly Command[];
  readonly runTest: readonly Command[];
  readonly install: readonly Command[];
  readonly remove: readonly Command[];
  readonly substs: readonly string[];
  readonly patches: readonly Filtered<string>[];
  readonly messages: readonly Filtered<string>[];
  readonly postMessages: readonly Filtered<string>[];
  readonly depexts: readonly Depext[];
  readonly features: readonly Feature[];
  readonly pinDepends: readonly (PackageId & { readonly url: string })[];
  readonly extraFiles: readonly { readonly name: string; readonly checksum: string }[];
  readonly url: Source | undefined;
  readonly extraSources: ReadonlyMap<string, Source>;
  /** The fields whose names begin with `x-`. */
  readonly extensions: ReadonlyMap<string, Value>;
}
