import { Libraries } from "@mirage/findlib";
import { libraryPath } from "@mirage/opam-driver";
import { type OpamOptions, prepareInstallation } from "./installation.js";

/** What `depends` and `packages` of a .conf file can name. */
export interface Offered {
  /** Those that are installed. */
  readonly installed: Libraries;
  /** All top-level libraries, those included that a package would install. */
  readonly libraries: readonly string[];
  /** Opam packages of the distribution and of mirage. */
  readonly packages: readonly string[];
}

/** @throws MirageError where this machine has neither apt nor a switch that was named */
export async function offered(options: OpamOptions): Promise<Offered> {
  const { opam, ...known } = await prepareInstallation(options);
  const installed = new Libraries(await libraryPath(opam));
  const libraries = new Set([...(await installed.names()), ...known.libraryNames()]);
  return {
    installed,
    libraries: [...libraries].sort(),
    packages: [...new Set(known.packageNames())].sort(),
  };
}
