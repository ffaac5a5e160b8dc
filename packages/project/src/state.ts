import { join, relative, resolve } from "node:path";
import { MirageError } from "@mirage/diagnostics";
import { readInside } from "@mirage/plan";

/**
 * What `mirage configure` did in an application folder, kept in `.mirage/state.json`. It may have come
 * with a folder that somebody else made: callers compare it with what the configuration
 * says.
 */
export interface ProjectState {
  /** File name of the configuration, relative to the folder. */
  readonly conf: string;
  /** Name of the target, such as `unix-direct`. */
  readonly target: string;
  /** Name of the processors that the program is for, where they are not this machine's. */
  readonly architecture?: string;
  /** Name of the application; the program is `mir-NAME`. */
  readonly name: string;
  /** What a build leaves in the folder, as relative paths; the first is the program. */
  readonly products: readonly string[];
  /** The opam root and switch that the user named, if so. */
  readonly opam?: { readonly root?: string; readonly switch?: string };
  /** SHA-256 in hexadecimal of each generated file as it was written, by relative path. */
  readonly generated: Readonly<Record<string, string>>;
}

const format = 1;

/** Bytes; a state has a few lines. */
const limit = 1024 * 1024;

/** The folder below the application's in which mirage keeps state and logs. */
export function stateFolder(directory: string): string {
  return join(directory, ".mirage");
}

export function stateFile(directory: string): string {
  return join(stateFolder(directory), "state.json");
}

/**
 * The state of a folder, or nothing when it was never configured.
 * @throws MirageError `ERR_MIRAGE_STATE_DAMAGED`, `ERR_MIRAGE_STATE_OUTSIDE` if it names what is not in
 * the folder, and what `readInside` throws
 */
export async function readState(directory: string): Promise<ProjectState | undefined> {
  const file = stateFile(directory);
  const text = readInside(directory, file, { limit })?.toString("utf8");
  if (text === undefined) return undefined;
  const state = parseState(text);
  if (!state) {
    throw new MirageError(
      "ERR_MIRAGE_STATE_DAMAGED",
      `${file} is not a state file of this mirage`,
      { hint: `remove ${file} and run \`mirage configure --force\`` },
    );
  }
  const outside = pathsOf(state).find((path) => !isInside(path));
  if (outside === undefined) return state;
  throw new MirageError(
    "ERR_MIRAGE_STATE_OUTSIDE",
    `${file} names ${JSON.stringify(outside)}, which does not lie in its folder: mirage never wrote that, and nothing was touched`,
    { hint: `look at where this folder came from; remove ${file} and run \`mirage configure\`` },
  );
}

function pathsOf({ conf, products, generated }: ProjectState): string[] {
  return [conf, ...products, ...Object.keys(generated)];
}

/** Whether a relative path names something in a folder, by its words alone. */
function isInside(path: string): boolean {
  return path.split("/").every((part) => !["", ".", ".."].includes(part) && !part.includes("\0"));
}

/**
 * The state of a folder that must have been configured.
 * @throws MirageError `ERR_MIRAGE_NOT_CONFIGURED`, and as `readState`
 */
export async function requireState(directory: string): Promise<ProjectState> {
  const state = await readState(directory);
  if (state) return state;
  throw new MirageError("ERR_MIRAGE_NOT_CONFIGURED", `${directory} has not been configured yet`, {
    hint: "run `mirage configure` there first",
  });
}

/**
 * The opam root and switch of a state, to use them again. A root or a switch that lies in the folder may
 * have come with it, with commands that opam would run: it has to be named again.
 * @throws MirageError `ERR_MIRAGE_STATE_OPAM`
 */
export function recordedOpam(
  directory: string,
  { opam = {} }: Pick<ProjectState, "opam">,
): NonNullable<ProjectState["opam"]> {
  const isPath = (name: string) => name.includes("/") || name === ".";
  const places = [opam.root, ...(opam.switch && isPath(opam.switch) ? [opam.switch] : [])];
  for (const place of places) {
    if (place === undefined) continue;
    const below = relative(directory, resolve(directory, place));
    if (below === ".." || below.startsWith("../")) continue;
    throw new MirageError(
      "ERR_MIRAGE_STATE_OPAM",
      `${place} is an opam installation in the application's own folder`,
      { hint: "if it is yours, run `mirage configure` with --opam-root and --switch" },
    );
  }
  return opam;
}

export function printState(state: ProjectState): string {
  const { conf, target, architecture, name, products, opam, generated } = state;
  const sorted = Object.fromEntries(Object.entries(generated).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ format, conf, target, architecture, name, products, opam, generated: sorted }, undefined, 2)}\n`;
}

function parseState(text: string): ProjectState | undefined {
  try {
    const {
      format: found,
      conf,
      target,
      architecture,
      name,
      products,
      opam,
      generated,
    } = JSON.parse(text);
    const named = Object.values(opam ?? {});
    const strings = [conf, target, name, ...products, ...named, ...Object.values(generated)];
    if (architecture !== undefined) strings.push(architecture);
    if (found !== format || strings.some((value) => typeof value !== "string")) return undefined;
    if (!/^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/.test(name)) return undefined;
    const processors = architecture === undefined ? {} : { architecture };
    return { conf, target, ...processors, name, products, ...(opam && { opam }), generated };
  } catch {
    return undefined;
  }
}
