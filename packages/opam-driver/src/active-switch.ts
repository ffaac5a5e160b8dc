import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { MirageError } from "@mirage/diagnostics";

/** An opam root and a switch of it, as `--opam-root` and `--switch` name them. */
export interface NamedSwitch {
  readonly root: string;
  readonly switch: string;
}

/**
 * The switch that is active: the one that `$OPAMSWITCH` names, the one that `opam env` put into this shell
 * (`$OPAM_SWITCH_PREFIX`), a local one of the folder or of one above it, the root's own; in this order.
 * @throws MirageError `ERR_MIRAGE_OPAM_NO_ACTIVE_SWITCH`
 */
export async function activeSwitch(
  folder: string = process.cwd(),
  env: NodeJS.ProcessEnv = process.env,
  root?: string,
): Promise<NamedSwitch> {
  const named = root ?? env.OPAMROOT;
  const place = resolve(named ?? join(env.HOME ?? homedir(), ".opam"));
  if (env.OPAMSWITCH) return { root: place, switch: env.OPAMSWITCH };
  const ofShell = env.OPAM_SWITCH_PREFIX && ofPrefix(env.OPAM_SWITCH_PREFIX, named);
  if (ofShell) return { root: place, ...ofShell };
  const local = localSwitch(resolve(folder));
  if (local !== undefined) return { root: place, switch: local };
  const config = await readFile(join(place, "config"), "utf8").catch(() => "");
  const chosen = /^switch:\s*"([^"]+)"/m.exec(config)?.[1];
  if (chosen !== undefined) return { root: place, switch: chosen };
  throw new MirageError("ERR_MIRAGE_OPAM_NO_ACTIVE_SWITCH", "no opam switch is active", {
    hint: "run `eval $(opam env)`, choose one with `opam switch NAME`, or name it: --switch NAME",
  });
}

/** The switch that installs into a folder; its root is the folder above, if none was named. */
function ofPrefix(
  prefix: string,
  root: string | undefined,
): { root?: string; switch: string } | undefined {
  const above = dirname(resolve(prefix));
  if (basename(prefix) === "_opam") return { switch: above };
  if (root === undefined) return { root: above, switch: basename(prefix) };
  return resolve(root) === above ? { switch: basename(prefix) } : undefined;
}

function localSwitch(folder: string): string | undefined {
  if (existsSync(join(folder, "_opam", ".opam-switch"))) return folder;
  const above = dirname(folder);
  return above === folder ? undefined : localSwitch(above);
}
