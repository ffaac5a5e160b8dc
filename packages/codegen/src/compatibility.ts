import type { Configuration, Written } from "@mirage/conf";
import type { Diagnostic } from "@mirage/diagnostics";

/** Libraries of 2013 by what has their modules now; `undefined` for what every program has anyway. */
const libraryNow: ReadonlyMap<string, string | undefined> = new Map([
  ["mirage", undefined],
  ["mirage-types", "mirage-types-v1"],
  ["mirage-types.lwt", "mirage-types-v1.lwt"],
  ["mirage-net", "mirage-runtime-net"],
  ["tcpip", "mirage-runtime-net"],
  ["mirage-http", "mirage-runtime-http"],
  ["cohttp.mirage", "mirage-runtime-http"],
]);

/** The same for opam packages. */
const packageNow: ReadonlyMap<string, string | undefined> = new Map([
  ["mirage", undefined],
  ["mirage-unix", undefined],
  ["mirage-types", "mirage-types-v1"],
  ["mirage-net", "mirage-runtime-net"],
  ["tcpip", "mirage-runtime-net"],
  ["mirage-http", "mirage-runtime-http"],
  ["mirage-fs", "mirage-runtime-crunch"],
]);

/** `depends` with the names of today. */
export function currentLibraries(configuration: Configuration): string[] {
  return configuration.depends
    .map(({ value }) => currentLibrary(value))
    .filter((library) => library !== undefined);
}

/** A library by its name of today; nothing for what every program has, or none can have any more. */
export function currentLibrary(library: string): string | undefined {
  if (isSyntax(library)) return undefined;
  return libraryNow.has(library) ? libraryNow.get(library) : library;
}

/** `packages` with the names of today; a constraint on an old package says nothing about the new. */
export function currentPackages(configuration: Configuration): string[] {
  return configuration.packages
    .map(({ value }) => {
      const name = value.replace(/[.<>=!].*$/, "");
      return packageNow.has(name) ? packageNow.get(name) : value;
    })
    .filter((name) => name !== undefined);
}

/** Warnings about what the configuration asks for and cannot get any more. */
export function compatibilityWarnings(configuration: Configuration): Diagnostic[] {
  return configuration.depends.filter(({ value }) => isSyntax(value)).map(syntaxWarning);
}

/** Libraries of that name were camlp4 syntax extensions. */
function isSyntax(library: string): boolean {
  return library.endsWith(".syntax");
}

function syntaxWarning({ value, span }: Written<string>): Diagnostic {
  return {
    code: "ERR_MIRAGE_CAMLP4",
    severity: "warning",
    message: `\`${value}\` is a camlp4 syntax extension, which OCaml has no more, so it is left out`,
    hint: "write `>>=` in place of `lwt` and `match_lwt`, or use `lwt_ppx`, and remove it here",
    span,
  };
}
