import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fieldPackages, fieldText, sectionFields } from "./switch-files.js";
import type { PinInput, SwitchInput } from "./switch-state.js";

/** Where the state of a switch is kept. Files that are absent count as empty. */
export interface SwitchFiles {
  /** opam's `switch-state`: what is installed and pinned. */
  readonly state?: string;
  /** opam's `switch-config`: the invariant, and variables. */
  readonly config?: string;
  /** A folder with the opam files of pinned packages: `NAME/opam` or `NAME/NAME.opam`. */
  readonly pins?: string;
}

/** What the files of a switch tell. */
export interface ReadSwitch {
  readonly input: SwitchInput;
  /** Variables that the switch defines. */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * The files of a switch by the path of its `switch-state`: with `NAME.switch-state` belong
 * `NAME.switch-config` and `pinsrc`, in an opam root `switch-config` and `overlay`.
 */
export function switchFilesBeside(state: string): SwitchFiles {
  const folder = dirname(state);
  return {
    state,
    config: state.replace(/switch-state$/, "switch-config"),
    pins: [join(folder, "overlay"), join(folder, "pinsrc")].find(existsSync) ?? folder,
  };
}

export function readSwitch(files: SwitchFiles): ReadSwitch {
  const state = textOf(files.state);
  const config = textOf(files.config);
  const invariant = fieldText(config, "invariant");
  return {
    input: {
      installed: fieldPackages(state, "installed"),
      roots: fieldPackages(state, "roots"),
      compiler: fieldPackages(state, "compiler"),
      pins: fieldPackages(state, "pinned").map((pin) => withOpam(pin, files.pins)),
      ...(invariant !== undefined && { invariant }),
    },
    variables: sectionFields(config, "variables"),
  };
}

function withOpam(pin: PinInput, folder: string | undefined): PinInput {
  if (folder === undefined) return pin;
  const opam =
    textOf(join(folder, pin.name, "opam")) || textOf(join(folder, pin.name, `${pin.name}.opam`));
  return opam === "" ? pin : { ...pin, opam };
}

/** The text of a file, empty if there is none. */
export function textOf(path: string | undefined): string {
  if (path === undefined) return "";
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
