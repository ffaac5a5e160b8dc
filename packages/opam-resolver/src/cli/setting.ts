import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { MirageError } from "@mirage/diagnostics";
import type { VariableContents } from "@mirage/opam-file";
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
  const { opamVersion } = options;
  const lists: Variables[] = [
    ...(opamVersion === undefined ? [] : [{ "opam-version": opamVersion }]),
    variablesGiven(options.variables),
  ];
  let sources = options.repositories.map((path) => sourceAt(path));
  let state: SwitchInput = {};
  let switchName: string | undefined;
  if (options.env !== undefined) lists.push(variablesOf(options.env));
  if (options.switchState !== undefined) {
    const { readSwitch, switchFilesBeside } = await import("../state/read-switch.js");
    const files = switchFilesBeside(options.switchState);
    // An empty switch has no state, but a configuration.
    if (!existsSync(files.config)) statSync(files.state);
    const { input, variables } = readSwitch(files);
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
    state: await stateWith(state, options),
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

async function stateWith(state: SwitchInput, options: CliOptions): Promise<SwitchInput> {
  const pins = await Promise.all(options.pins.map(pin));
  return {
    ...state,
    installed: [...(state.installed ?? []), ...options.installed.map(packageId)],
    pins: [...(state.pins ?? []), ...pins],
    ...(options.invariant !== undefined && { invariant: options.invariant }),
  };
}

function packageId(text: string): PackageId {
  const pkg = splitPackage(text);
  if (pkg === undefined) throw new UsageError(`${text} is not NAME.VERSION.`);
  return pkg;
}

/** `NAME.VERSION` or `NAME[.VERSION]=PATH`, the path that of an opam file or of its folder. */
async function pin(text: string): Promise<PinInput> {
  const equal = text.indexOf("=");
  if (equal < 0) return packageId(text);
  const target = text.slice(0, equal);
  const path = text.slice(equal + 1);
  const { name, version } = splitPackage(target) ?? { name: target, version: undefined };
  const file = opamFileAt(path, name);
  const { parseFields } = await import("@mirage/opam-file");
  const { fieldStrings } = await import("../state/switch-files.js");
  const opam = parseFields(readFileSync(file), new Set(["version"]), file);
  const [own] = fieldStrings(opam, "version");
  return { name, version: version ?? own ?? "~dev", opam: opam.text };
}

function opamFileAt(path: string, name: string): string {
  if (!statSync(path).isDirectory()) return path;
  const named = join(path, `${name}.opam`);
  return statSync(named, { throwIfNoEntry: false }) ? named : join(path, "opam");
}

function variablesOf(path: string): Variables {
  const text = readFileSync(path, "utf8");
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new MirageError("ERR_MIRAGE_OPAM_VARIABLES", `${path} is not JSON: ${reason}`);
  }
  const variables = isObject(content) && isObject(content.variables) ? content.variables : content;
  const hint = 'write them as an object, such as {"os": "linux", "arch": "x86_64"}';
  if (!isObject(variables)) {
    throw new MirageError("ERR_MIRAGE_OPAM_VARIABLES", `${path} holds no variables`, { hint });
  }
  const wrong = Object.keys(variables).filter((name) => !isContents(variables[name]));
  if (wrong.length === 0) return variables as Record<string, VariableContents>;
  throw new MirageError(
    "ERR_MIRAGE_OPAM_VARIABLES",
    `${path} has values of other types than strings, booleans and lists of strings: ${wrong.join(", ")}`,
    { hint },
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isContents(value: unknown): value is VariableContents {
  if (Array.isArray(value)) return value.every((item) => typeof item === "string");
  return typeof value === "string" || typeof value === "boolean";
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
