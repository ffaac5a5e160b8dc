import type { Stanza } from "./control.js";

/** What is needed to know about one binary package of the distribution. */
export interface DebianPackage {
  readonly name: string;
  /** The source package it is built from. */
  readonly source: string;
  readonly version: string;
  readonly maintainer: string;
  readonly homepage: string | undefined;
  /** First line of the description. */
  readonly summary: string;
  /** Virtual packages that it stands for; the OCaml ones end in a hash of the interface. */
  readonly provides: readonly string[];
  /** Each entry lists alternatives; version bounds are left out, apt sees to them. */
  readonly depends: readonly (readonly string[])[];
}

/** A stanza as a package; undefined when it has no name or version. */
export function debianPackage(stanza: Stanza): DebianPackage | undefined {
  const name = stanza.get("Package");
  const version = stanza.get("Version");
  if (!name || !version) return undefined;
  return {
    name,
    source: (stanza.get("Source") ?? name).replace(/\s*\(.*$/, ""),
    version,
    maintainer: stanza.get("Original-Maintainer") ?? stanza.get("Maintainer") ?? "",
    homepage: stanza.get("Homepage"),
    summary: (stanza.get("Description-en") ?? stanza.get("Description") ?? "").split("\n")[0] ?? "",
    provides: names(stanza.get("Provides")),
    depends: [stanza.get("Pre-Depends"), stanza.get("Depends")].flatMap((field) =>
      entries(field).map((entry) => entry.split("|").map(bareName)),
    ),
  };
}

/** Whether a stanza of dpkg's status file is of a package that is unpacked and configured. */
export function isInstalled(stanza: Stanza): boolean {
  return /^\S+ \S+ installed$/.test(stanza.get("Status") ?? "");
}

function names(field: string | undefined): string[] {
  return entries(field).map(bareName);
}

function entries(field: string | undefined): string[] {
  return (field ?? "")
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}

/** `libc6:any (>= 2.35) [amd64]` is `libc6`. */
function bareName(entry: string): string {
  return entry
    .trim()
    .replace(/[\s([].*$/s, "")
    .replace(/:.*$/, "");
}
