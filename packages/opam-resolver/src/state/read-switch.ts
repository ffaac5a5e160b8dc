import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  fieldPackages,
  fieldStrings,
  fieldValue,
  readOpamFile,
  sectionFields,
  textOf,
} from "./switch-files.js";
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
  /** Names of the repositories that the switch uses; empty if those of its root. */
  readonly repositories: readonly string[];
  /** Variables that the switch defines. */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * The files of a switch by the path of its `switch-state`: with `NAME.switch-state` belong
 * `NAME.switch-config` and `pinsrc`, in an opam root `switch-config` and `overlay`.
 */
export function switchFilesBeside(state: string): Required<SwitchFiles> {
  const folder = dirname(state);
  return {
    state,
    config: state.replace(/switch-state$/, "switch-config"),
    pins: [join(folder, "overlay"), join(folder, "pinsrc")].find(existsSync) ?? folder,
  };
}

/**
 * Reads the files of a switch.
 * @throws MirageError as `parseOpam` of `@mirage/opam-file`, with a position, if one is damaged
 */
export function readSwitch(files: SwitchFiles): ReadSwitch {
  const state = readOpamFile(files.state);
  const config = readOpamFile(files.config);
  const invariant = fieldValue(config, "invariant");
  return {
    input: {
      installed: fieldPackages(state, "installed"),
      roots: fieldPackages(state, "roots"),
      compiler: fieldPackages(state, "compiler"),
      pins: fieldPackages(state, "pinned").map((pin) => withOpam(pin, files.pins)),
      ...(invariant !== undefined && {
        invariant: config.text.slice(invariant.start, invariant.end),
      }),
    },
    repositories: fieldStrings(config, "repositories"),
    variables: sectionFields(config, "variables"),
  };
}

function withOpam(pin: PinInput, folder: string | undefined): PinInput {
  if (folder === undefined) return pin;
  const opam =
    textOf(join(folder, pin.name, "opam")) || textOf(join(folder, pin.name, `${pin.name}.opam`));
  return opam === "" ? pin : { ...pin, opam };
}
