import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { didYouMean, MirageError } from "@mirage/diagnostics";
import { type InstalledPackages, readInstalled } from "./switch-state.js";
import type { OpamTarget } from "./target.js";

/**
 * What is installed in a switch that has to be there already.
 * @throws MirageError `ERR_MIRAGE_OPAM_NO_ROOT`, `ERR_MIRAGE_OPAM_NO_SWITCH`
 */
export async function requireSwitch(target: OpamTarget): Promise<InstalledPackages> {
  const config = await readFile(join(target.root, "config"), "utf8").catch(() => undefined);
  if (config === undefined) {
    throw new MirageError("ERR_MIRAGE_OPAM_NO_ROOT", `${target.root} is not an opam root`, {
      hint: `make one: opam init --root=${target.root}`,
    });
  }
  const installed = await readInstalled(target);
  if (installed) return installed;
  const switches = installedSwitches(config);
  const guess = didYouMean(target.switch, switches);
  const known = switches.length > 0 ? `it has ${switches.join(", ")}` : "it has none";
  throw new MirageError(
    "ERR_MIRAGE_OPAM_NO_SWITCH",
    `the opam root ${target.root} has no switch ${target.switch}`,
    { hint: guess === undefined ? known : `did you mean ${guess}? ${known}` },
  );
}

/** The switches that an opam root knows: local ones by their folders. None where there is no root. */
export async function registeredSwitches(root: string): Promise<string[]> {
  return installedSwitches(await readFile(join(root, "config"), "utf8").catch(() => ""));
}

/** The `installed-switches` field of a root's `config` file. */
export function installedSwitches(config: string): string[] {
  const field = /^installed-switches:\s*(\[[^\]]*\]|"[^"]*")/m.exec(config)?.[1] ?? "";
  return [...field.matchAll(/"([^"]+)"/g)].flatMap(([, name]) => name ?? []);
}
