import { access, readFile } from "node:fs/promises";
import { type OpamTarget, switchConfigPath, switchStatePath } from "./target.js";

/** Versions of what is installed in a switch, by package name. */
export type InstalledPackages = ReadonlyMap<string, string>;

/**
 * Reads what opam notes as installed; undefined when there is no such switch or it is damaged. A
 * switch that never had a package has no such note.
 */
export async function readInstalled(target: OpamTarget): Promise<InstalledPackages | undefined> {
  const text = await readFile(switchStatePath(target), "utf8").catch(() => undefined);
  if (text !== undefined) return parseSwitchState(text);
  return access(switchConfigPath(target)).then(
    () => new Map(),
    () => undefined,
  );
}

/** Names of the packages that somebody asked for; none when there is no such switch. */
export async function readRoots(target: OpamTarget): Promise<ReadonlySet<string>> {
  const text = await readFile(switchStatePath(target), "utf8").catch(() => "");
  return new Set(packagesOf(text, "roots").keys());
}

/** The `installed` field of opam's `switch-state` file; undefined when the file is not whole. */
export function parseSwitchState(text: string): InstalledPackages | undefined {
  if (!/^(?:[\w-]+:\s*(?:"[^"]*"|\[[^\]]*\])\n)+$/.test(text)) return undefined;
  return packagesOf(text, "installed");
}

function packagesOf(text: string, field: string): Map<string, string> {
  const [, list = ""] = new RegExp(`^${field}:\\s*(\\[[^\\]]*\\]|"[^"]*")`, "m").exec(text) ?? [];
  const packages = new Map<string, string>();
  for (const [, name, version] of list.matchAll(/"([^".]+)\.([^"]+)"/g)) {
    if (name !== undefined && version !== undefined) packages.set(name, version);
  }
  return packages;
}
