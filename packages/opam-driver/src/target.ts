import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { type Sysroot, sysrootFor } from "./sysroot/sysroot.js";

/** The opam switch that packages go to. */
export interface OpamTarget {
  readonly root: string;
  readonly switch: string;
  /** Ours: created, repaired and recreated as needed. The user's own is only ever added to. */
  readonly owned: boolean;
  /** Where the driver keeps its notes, its repositories and its locks. */
  readonly dataFolder: string;
  /** The packages of the distribution that the switch is over, where its programs are for other processors. */
  readonly sysroot?: Sysroot;
}

/** `$XDG_DATA_HOME/mirage`, by default `~/.local/share/mirage`. */
export function defaultDataFolder(env: NodeJS.ProcessEnv = process.env): string {
  const base = env.XDG_DATA_HOME;
  return join(
    base?.startsWith("/") ? base : join(env.HOME ?? homedir(), ".local", "share"),
    "mirage",
  );
}

/** The private switch for an OCaml version, and for other processors if so, in a private opam root. */
export function privateTarget(
  dataFolder: string,
  ocamlVersion: string,
  architecture?: string,
): OpamTarget {
  const sysroot = architecture === undefined ? undefined : sysrootFor(dataFolder, architecture);
  return {
    root: join(dataFolder, "opam"),
    switch: ["mirage", ocamlVersion, ...(architecture === undefined ? [] : [architecture])].join(
      "-",
    ),
    owned: true,
    dataFolder,
    ...(sysroot && { sysroot }),
  };
}

/**
 * A switch of the user's own, in the named root, `$OPAMROOT` or `~/.opam`. A local switch, named by
 * its folder, is made absolute, as opam does it.
 */
export function userTarget(
  dataFolder: string,
  named: { readonly root?: string; readonly switch: string },
  env: NodeJS.ProcessEnv = process.env,
): OpamTarget {
  const isFolder = named.switch.startsWith(".") || named.switch.includes("/");
  return {
    root: resolve(named.root ?? env.OPAMROOT ?? join(env.HOME ?? homedir(), ".opam")),
    switch: isFolder ? resolve(named.switch) : named.switch,
    owned: false,
    dataFolder,
  };
}

/** The folder that the switch installs into. */
export function switchPrefix(target: OpamTarget): string {
  if (target.switch.startsWith("/")) return join(target.switch, "_opam");
  return join(target.root, target.switch);
}

/** opam's record of what is installed in the switch. */
export function switchStatePath(target: OpamTarget): string {
  return join(switchPrefix(target), ".opam-switch", "switch-state");
}

/** opam's settings of the switch. */
export function switchConfigPath(target: OpamTarget): string {
  return join(switchPrefix(target), ".opam-switch", "switch-config");
}

/** A short name for a root in file names. */
export function rootKey(target: OpamTarget): string {
  return createHash("sha256").update(target.root).digest("hex").slice(0, 12);
}
