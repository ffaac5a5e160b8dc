import { readFile } from "node:fs/promises";
import { type OpamTarget, switchStatePath } from "./target.js";

/** Versions of what is installed in a switch, by package name. */
export type InstalledPackages = ReadonlyMap<string, string>;

/** Reads what opam notes as installed; undefined when there is no such switch or it is damaged. */
export async function readInstalled(target: OpamTarget): Promise<InstalledPackages | undefined> {
  const text = await readFile(switchStatePath(target), "utf8").catch(() => "");
  return parseSwitchState(text);
}

/** The `installed` field of opam's `switch-state` file; undefined when the file is cut short. */
export function parseSwitchState(text: string): InstalledPackages | undefined {
  if (!/^opam-version:/m.test(text)) return undefined;
  const field = /^installed:\s*(?:\[([^\]]*)\]|("[^"]*"))/m.exec(text);
  if (!field) return /^installed:/m.test(text) ? undefined : new Map();
  const installed = new Map<string, string>();
  for (const [, name, version] of (field[1] ?? field[2] ?? "").matchAll(/"([^".]+)\.([^"]+)"/g)) {
    if (name !== undefined && version !== undefined) installed.set(name, version);
  }
  return installed;
}
