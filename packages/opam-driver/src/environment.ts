import { availableParallelism } from "node:os";
import { delimiter, join } from "node:path";
import { sysrootVariables } from "./sysroot/sysroot.js";
import { type OpamTarget, switchPrefix } from "./target.js";

/** Variables of another OCaml installation, which must not leak into ours. */
const foreign = /^(?:OPAM|OCAML|CAML_LD_LIBRARY_PATH$|DUNE_)/;

/**
 * The environment to run opam in: unattended, in English, without colours, for this root and
 * switch. Settings of other switches, which a shell after `opam env` has, are taken out.
 */
export function opamEnvironment(
  target: OpamTarget,
  base: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const active = base.OPAM_SWITCH_PREFIX;
  const path = (base.PATH ?? "")
    .split(delimiter)
    .filter((folder) => active === undefined || folder !== join(active, "bin"));
  const kept = Object.entries(base).filter(([name]) => !foreign.test(name));
  const { PATH: tools, ...variables } = target.sysroot ? sysrootVariables(target.sysroot) : {};
  return {
    ...Object.fromEntries(kept),
    ...variables,
    PATH: [...(tools === undefined ? [] : [tools]), ...path].join(delimiter),
    LC_ALL: "C",
    OPAMROOT: target.root,
    OPAMSWITCH: target.switch,
    OPAMYES: "1",
    OPAMCONFIRMLEVEL: "unsafe-yes",
    OPAMROOTISOK: "1",
    OPAMCOLOR: "never",
    OPAMUTF8: "never",
    OPAMNOENVNOTICE: "1",
    OPAMNOSELFUPGRADE: "1",
    OPAMNODEPEXTS: "1",
    OPAMJOBS: String(availableParallelism()),
    // A folder that builds in opam's sandbox see, which shows none below /root otherwise.
    ...(target.sysroot && { OPAM_USER_PATH_RO: target.sysroot.folder }),
  };
}

/**
 * The words that, put before a command, run it in the switch: for a Makefile, for a shell, for
 * `spawn`. Costs about 30 ms.
 */
export function opamExec(target: OpamTarget): readonly string[] {
  return [
    "env",
    "OPAMROOTISOK=1",
    "opam",
    "exec",
    `--root=${target.root}`,
    `--switch=${target.switch}`,
    "--",
  ];
}

/**
 * What {@link opamExec} sets, for those who spawn many commands: programs and libraries of the
 * switch before those of the system.
 */
export function switchEnvironment(
  target: OpamTarget,
  base: NodeJS.ProcessEnv = process.env,
): Readonly<Record<string, string>> {
  const prefix = switchPrefix(target);
  const clean = opamEnvironment(target, base);
  const {
    PATH: _,
    OCAMLPATH: path,
    ...variables
  } = target.sysroot ? sysrootVariables(target.sysroot) : {};
  return {
    ...variables,
    PATH: [join(prefix, "bin"), clean.PATH].join(delimiter),
    OCAMLPATH: [join(prefix, "lib"), ...(path === undefined ? [] : [path])].join(delimiter),
    CAML_LD_LIBRARY_PATH: join(prefix, "lib", "stublibs"),
    OPAM_SWITCH_PREFIX: prefix,
  };
}
