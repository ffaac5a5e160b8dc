import { createHash } from "node:crypto";
import type { RepositorySource } from "./repositories.js";
import type { OpamTarget } from "./target.js";

/** A package, in any version unless one is given. */
export interface OpamPackage {
  readonly name: string;
  readonly version?: string;
}

/** A package that installing others takes out of the switch, or puts back to an older version. */
export interface Loss {
  readonly kind: "removal" | "downgrade";
  readonly name: string;
}

/** What is to be in place. */
export interface InstallRequest {
  readonly target: OpamTarget;
  /** What a private switch is made of, such as `ocaml-system` in version `4.13.1`. */
  readonly compiler: Required<OpamPackage>;
  readonly packages: readonly OpamPackage[];
  /** What the packages need, for those who know it exactly; opam may choose what isn't listed. */
  readonly dependencies?: readonly Required<OpamPackage>[];
  /** All that opam may take away from the user's own switch; nothing if not given. */
  readonly losses?: readonly Loss[];
  /** The first one wins where several have the same version of a package. */
  readonly repositories: readonly RepositorySource[];
  /** Packages of the distribution that have to be there before opam can be asked. */
  readonly systemPackages: readonly string[];
  /** The file for all that opam and apt say. */
  readonly log: string;
  /** A folder of somebody else's: the log's path goes through no link in it. */
  readonly logWithin?: string;
}

/** `lwt.5.6.1`, or `lwt`. */
export function packageText({ name, version }: OpamPackage): string {
  return version === undefined ? name : `${name}.${version}`;
}

/** All packages of a request, in the order given. */
export function allPackages({ packages, dependencies = [] }: InstallRequest): OpamPackage[] {
  return [...packages, ...dependencies];
}

/** A hash that is the same for requests that the same installation satisfies. */
export function requestKey(request: InstallRequest): string {
  const facts = {
    compiler: packageText(request.compiler),
    packages: allPackages(request).map(packageText).sort(),
    repositories: request.repositories.map(({ name, fingerprint }) => [name, fingerprint]),
    systemPackages: [...request.systemPackages].sort(),
  };
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex").slice(0, 24);
}
