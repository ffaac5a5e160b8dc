import { readActualState } from "./actual-state.js";
import { allPackages, type InstallRequest, type OpamPackage } from "./request.js";

/** How far a request is satisfied already. */
export interface InstallationStatus {
  /** Of the packages requested, those that are installed. */
  readonly installed: readonly OpamPackage[];
  /** The others; one without a version is missing in every version. */
  readonly missing: readonly OpamPackage[];
  /** Packages of the distribution that are missing. */
  readonly missingSystemPackages: readonly string[];
}

/** Compares a request with what is installed. Reads files, calls no program and changes nothing. */
export async function installationStatus(request: InstallRequest): Promise<InstallationStatus> {
  const { installed, missingSystemPackages } = await readActualState(request);
  const isPresent = ({ name, version }: OpamPackage) => {
    const present = installed?.get(name);
    return present !== undefined && (version === undefined || version === present);
  };
  const packages = allPackages(request);
  return {
    installed: packages.filter(isPresent),
    missing: packages.filter((wanted) => !isPresent(wanted)),
    missingSystemPackages,
  };
}
