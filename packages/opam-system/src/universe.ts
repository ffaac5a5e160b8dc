import { parseControl } from "./control.js";
import { type DebianPackage, debianPackage, isInstalled } from "./debian-package.js";
import { debianTools } from "./debian-tools.js";
import { upstreamVersion } from "./debian-version.js";

/** What the distribution says, as text. */
export interface DebianSnapshot {
  /** Output of `apt-cache show --no-all-versions` for the OCaml packages. */
  readonly available: string;
  /** Content of `/var/lib/dpkg/status`. */
  readonly installed: string;
}

/** The OCaml part of a Debian distribution. */
export interface DebianUniverse {
  /** Upstream's version of the distribution's OCaml. */
  readonly ocamlVersion: string;
  /** The package that brings the OCaml compiler. */
  readonly compiler: DebianPackage;
  /** The OCaml packages by name, in alphabetical order. */
  readonly packages: ReadonlyMap<string, DebianPackage>;
}

/**
 * The OCaml packages in a snapshot. A package that is installed counts with its installed version,
 * any other with the version apt would install. Undefined when there is no OCaml in it.
 */
export function debianUniverse(snapshot: DebianSnapshot): DebianUniverse | undefined {
  const found = new Map<string, DebianPackage>();
  const installed = parseControl(snapshot.installed).filter(isInstalled);
  for (const stanza of [...parseControl(snapshot.available), ...installed]) {
    const candidate = debianPackage(stanza);
    if (candidate && isOcamlPackage(candidate.name)) found.set(candidate.name, candidate);
  }
  const compiler = found.get("ocaml-nox") ?? found.get("ocaml");
  if (!compiler) return undefined;
  const sorted = [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    ocamlVersion: upstreamVersion(compiler.version),
    compiler,
    packages: new Map(sorted),
  };
}

function isOcamlPackage(name: string): boolean {
  return /^lib.+-ocaml-dev$/.test(name) || debianTools.includes(name);
}
