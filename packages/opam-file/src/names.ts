import { isValidVersion } from "./version.js";

/** Whether a package name is well-formed: `A-Z a-z 0-9 _ + -`, with a letter among them. */
export function isValidPackageName(text: string): boolean {
  return /^[A-Za-z0-9_+-]+$/.test(text) && /[A-Za-z]/.test(text);
}

/** A package and one version of it. */
export interface PackageId {
  readonly name: string;
  readonly version: string;
}

/** Reads `name.version`; undefined if it is not well-formed. */
export function parsePackageId(text: string): PackageId | undefined {
  const dot = text.indexOf(".");
  if (dot < 0) return undefined;
  const name = text.slice(0, dot);
  const version = text.slice(dot + 1);
  return isValidPackageName(name) && isValidVersion(version) ? { name, version } : undefined;
}
