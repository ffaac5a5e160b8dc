import { readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { splitPackage } from "../repository/package-path.js";
import { type Source, sourceAt } from "../repository/source.js";
import type { PackageId, PinInput, SwitchInput } from "../state/switch-state.js";
import { type VariableLookup, type Variables, variableLookup } from "../universe/environment.js";
import { type CliOptions, UsageError } from "./options.js";

/** Where a question is asked: sources, switch and variables. */
export interface Setting {
  readonly sources: readonly Source[];
  readonly state: SwitchInput;
  readonly variables: VariableLookup;
  readonly switchName: string | undefined;
}

/**
 * Reads what the options name. Repositories and the state of a switch come from an opam root unless
 * they are given.
 */
export async function readSetting(options: CliOptions): Promise<Setting> {
  const lists: Variables[] = [variablesGiven(options.variables)];
  let sources = options.repositories.map((path) => sourceAt(path));
  let state: SwitchInput = {};
  let switchName: string | undefined;
  if (options.env !== undefined) lists.push(variablesOf(options.env));
  if (options.switchState !== undefined) {
    const { readSwitch, switchFilesBeside } = await import("../state/read-switch.js");
    const { input, variables } = readSwitch(switchFilesBeside(options.switchState));
    state = input;
    switchName = switchOf(resolve(options.switchState));
    lists.push(variables);
  }
  const wantsRoot = options.opamRoot !== undefined || options.switchName !== undefined;
  if (wantsRoot || sources.length === 0) {
    const { defaultOpamRoot, readOpamRoot } = await import("../state/opam-root.js");
    const root = readOpamRoot(options.opamRoot ?? defaultOpamRoot(), options.switchName);
    if (sources.length === 0) sources = [...root.sources];
    if (options.switchState === undefined) ({ state, switchName } = root);
    lists.push(root.variables);
  }
  if (options.env === undefined) {
    const { systemVariables } = await import("../state/system-variables.js");
    lists.push(
      systemVariables(
        options.cacheFolder === undefined ? {} : { cacheFolder: options.cacheFolder },
      ),
    );
  }
  return {
    sources,
    state: stateWith(state, options),
    variables: variableLookup(...lists),
    switchName,
  };
}

/** The switch whose state a file is: `NAME.switch-state`, or `NAME/.opam-switch/switch-state`. */
function switchOf(path: string): string {
  const suffix = /[.]switch-state$/.exec(basename(path));
  return suffix === null
    ? basename(dirname(dirname(path)))
    : basename(path).slice(0, -suffix[0].length);
}

function stateWith(state: SwitchInput, options: CliOptions): SwitchInput {
  return {
    ...state,
    installed: [...(state.installed ?? []), ...options.installed.map(packageId)],
    pins: [...(state.pins ?? []), ...options.pins.map(pin)],
    ...(options.invariant !== undefined && { invariant: options.invariant }),
  };
}

function packageId(text: string): PackageId {
  const pkg = splitPackage(text);
  if (pkg === undefined) throw new UsageError(`${text} is not NAME.VERSION.`);
  return pkg;
}

/** `NAME.VERSION` or `NAME[.VERSION]=PATH`, the path that of an opam file or of its folder. */
function pin(text: string): PinInput {
  const equal = text.indexOf("=");
  if (equal < 0) return packageId(text);
  const target = text.slice(0, equal);
  const path = text.slice(equal + 1);
  const { name, version } = splitPackage(target) ?? { name: target, version: undefined };
  const opam = readFileSync(opamFileAt(path, name), "utf8");
  const own = /^version:\s*"([^"]+)"/m.exec(opam)?.[1];
  return { name, version: version ?? own ?? "~dev", opam };
}

function opamFileAt(path: string, name: string): string {
  if (!statSync(path).isDirectory()) return path;
  const named = join(path, `${name}.opam`);
  return statSync(named, { throwIfNoEntry: false }) ? named : join(path, "opam");
}

function variablesOf(path: string): Variables {
  const content = JSON.parse(readFileSync(path, "utf8"));
  return content.variables ?? content;
}

function variablesGiven(assignments: readonly string[]): Variables {
  return Object.fromEntries(
    assignments.map((assignment) => {
      const equal = assignment.indexOf("=");
      if (equal < 1) throw new UsageError(`${assignment} is not NAME=VALUE.`);
      return [assignment.slice(0, equal), assignment.slice(equal + 1)];
    }),
  );
}
