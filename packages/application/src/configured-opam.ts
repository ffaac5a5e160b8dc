import { realpath, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, relative, resolve } from "node:path";
import type { OpamOptions } from "@mirage/dependencies";
import { MirageError } from "@mirage/diagnostics";
import { defaultDataFolder, registeredSwitches, userTarget } from "@mirage/opam-driver";
import { readState } from "@mirage/project";

/**
 * The opam root and switch of a command line that names one; else those that the application is
 * configured for. What `.mirage` says of them may come from a stranger, so it holds only for a root that
 * belongs to the user, lies outside the application's folder and knows the switch.
 * @throws MirageError `ERR_MIRAGE_OPAM_UNTRUSTED` where it does not hold
 */
export async function configuredOpam(
  conf: string,
  options: OpamOptions = {},
): Promise<OpamOptions> {
  const { opamRoot, switch: named } = options;
  if (opamRoot !== undefined || named !== undefined) return { ...options };
  const directory = dirname(resolve(conf));
  const { conf: configured, opam } = (await readState(directory)) ?? {};
  if (opam === undefined || configured !== basename(conf)) return {};
  const problem = await problemOf(directory, opam);
  if (problem === undefined) {
    return {
      ...(opam.root !== undefined && { opamRoot: opam.root }),
      ...(opam.switch !== undefined && { switch: opam.switch }),
    };
  }
  throw new MirageError(
    "ERR_MIRAGE_OPAM_UNTRUSTED",
    `${directory} is configured for an opam switch that cannot be used: ${problem}`,
    { hint: "run `mirage configure` again, or name the switch: --opam-root DIR --switch NAME" },
  );
}

async function problemOf(
  directory: string,
  opam: { readonly root?: string; readonly switch?: string },
): Promise<string | undefined> {
  if (opam.root !== undefined && !isAbsolute(opam.root)) return `${opam.root} is no absolute path`;
  const { root, switch: name } = userTarget(defaultDataFolder(), {
    ...(opam.root !== undefined && { root: opam.root }),
    switch: opam.switch ?? "",
  });
  const place = await realpath(root).catch(() => undefined);
  if (place === undefined) return `there is no ${root}`;
  const inside = relative(await realpath(directory), place);
  if (inside === "" || (!inside.startsWith("..") && !isAbsolute(inside))) {
    return `${root} lies in the application's folder`;
  }
  const { uid } = await stat(place);
  if (process.getuid !== undefined && uid !== process.getuid()) {
    return `${root} belongs to another user`;
  }
  if (opam.switch === undefined) return undefined;
  const known = await registeredSwitches(root);
  return known.includes(name) ? undefined : `${root} has no switch ${opam.switch}`;
}
