import { existsSync, readdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { MirageError } from "@mirage/diagnostics";
import type { OpamFile } from "@mirage/opam-file";
import type { Source } from "../repository/source.js";
import type { Variables } from "../universe/environment.js";
import { readSwitch } from "./read-switch.js";
import { fieldStrings, fieldValue, readOpamFile, textOf, wordOf } from "./switch-files.js";
import type { SwitchInput } from "./switch-state.js";

/** What an opam root tells about one of its switches. */
export interface OpamRoot {
  /** The repositories of the switch, the one that counts most first. */
  readonly sources: readonly Source[];
  /** The switch's name; undefined if none is named and none is selected. */
  readonly switchName: string | undefined;
  readonly state: SwitchInput;
  /** Variables that the switch and the root define. */
  readonly variables: Variables;
}

/** `$OPAMROOT`, or `.opam` in the home folder. */
export function defaultOpamRoot(): string {
  return process.env.OPAMROOT || join(homedir(), ".opam");
}

/**
 * Reads the configuration of an opam root (opam 2.0 and later) and a switch of it: a name, or the path
 * of a folder with a local switch. By default the selected one.
 * @throws MirageError `ERR_MIRAGE_OPAM_ROOT`, `…_SWITCH`, `…_REPOSITORY` for what isn't there, and as
 * `parseOpam` of `@mirage/opam-file`, with a position, for a damaged file
 */
export function readOpamRoot(root: string, switchName?: string): OpamRoot {
  const config = readOpamFile(join(root, "config"));
  if (config.items.length === 0) {
    throw new MirageError("ERR_MIRAGE_OPAM_ROOT", `${root} is not an opam root`, {
      hint: "run `opam init`, or name repositories",
    });
  }
  const name = switchName ?? fieldStrings(config, "switch")[0];
  const variables = globalVariables(config);
  if (name === undefined) {
    const sources = sourcesOf(root, fieldStrings(config, "repositories"));
    return { sources, switchName: undefined, state: {}, variables };
  }
  const folder = switchFolder(root, name);
  const files = {
    state: join(folder, "switch-state"),
    config: join(folder, "switch-config"),
    pins: join(folder, "overlay"),
  };
  const { input, repositories: chosen, variables: own } = readSwitch(files);
  const repositories = chosen.length > 0 ? chosen : fieldStrings(config, "repositories");
  return {
    sources: sourcesOf(root, repositories),
    switchName: name,
    state: {
      ...input,
      reinstall: textOf(join(folder, "reinstall"))
        .split("\n")
        .map((line) => line.trim().split(/\s+/)[0] ?? "")
        .filter((word) => word !== ""),
      definition: (pkg) => textOf(join(folder, "packages", `${pkg.name}.${pkg.version}`, "opam")),
    },
    variables: { ...variables, switch: name, ...own },
  };
}

/** The names of a root's switches. */
export function opamSwitches(root: string): string[] {
  return fieldStrings(readOpamFile(join(root, "config")), "installed-switches");
}

function switchFolder(root: string, name: string): string {
  for (const folder of [join(root, name), join(name, "_opam")]) {
    const internal = join(folder, ".opam-switch");
    if (existsSync(internal)) return internal;
  }
  throw new MirageError("ERR_MIRAGE_OPAM_SWITCH", `${root} has no switch ${name}`, {
    hint: `its switches are ${opamSwitches(root).join(", ") || "none"}`,
  });
}

function sourcesOf(root: string, names: readonly string[]): Source[] {
  const folder = join(root, "repo");
  return names.map((name) => {
    const path = join(folder, name);
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return { kind: "folder", path };
    const archive = readdirSync(folder).find((file) => file.startsWith(`${name}.tar`));
    if (archive !== undefined) return { kind: "archive", path: join(folder, archive) };
    throw new MirageError("ERR_MIRAGE_OPAM_REPOSITORY", `${root} has no repository ${name}`, {
      hint: "run `opam update`",
    });
  });
}

/** Those of `global-variables: [[name "value" "description"] …]`. */
function globalVariables(config: OpamFile): Record<string, string> {
  const value = fieldValue(config, "global-variables");
  const variables: Record<string, string> = {};
  for (const entry of value?.kind === "list" ? value.items : []) {
    const [name, content] = entry.kind === "list" ? entry.items.map(wordOf) : [];
    if (name !== undefined && content !== undefined) variables[name] = content;
  }
  return variables;
}
