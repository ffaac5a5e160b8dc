import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import { MirageError } from "@mirage/diagnostics";
import { entryKind, type Plan, readInside } from "@mirage/plan";
import { type ProjectState, printState, readState, stateFile, stateFolder } from "./state.js";

/** A file that codegen wants in the application folder. */
export interface GeneratedFile {
  /** Relative to the folder. */
  readonly path: string;
  readonly content: string;
}

export interface GenerateOptions {
  readonly directory: string;
  readonly state: Omit<ProjectState, "generated">;
  readonly files: readonly GeneratedFile[];
  /** Overwrite files that the user wrote or edited. */
  readonly force: boolean;
  readonly owned: OwnedPaths;
}

/** What mirage can have made in the folder, as the configuration says and not the folder's state. */
export interface OwnedPaths {
  /** Files that codegen writes for this or another target, relative to the folder. */
  readonly generated: readonly string[];
  /** What builds leave, relative to the folder. */
  readonly products: readonly string[];
}

/**
 * The plan that brings the folder's generated files up to date: writes the new ones, removes those
 * that are no longer generated, and records what was written. With `force`, files that the user wrote
 * or edited are replaced.
 *
 * Of the files that the folder's state claims, only those among `owned` are removed, and only while
 * nobody has edited them. No link is followed.
 * @throws MirageError that names every file that the user wrote or edited; nothing is touched then
 */
export async function planGenerate(options: GenerateOptions): Promise<Plan> {
  const { directory, files, force, owned } = options;
  const before = (await readState(directory))?.generated ?? {};
  const wanted = new Map(files.map(({ path, content }) => [path, content]));
  const unwanted = owned.generated.filter(
    (path) => Object.hasOwn(before, path) && !wanted.has(path),
  );
  const edited = new Map<string, string>();
  for (const path of [...wanted.keys(), ...unwanted]) {
    const found = contentOf(directory, path);
    if (found === undefined || found === before[path]) continue;
    const content = wanted.get(path);
    if (content === undefined || found !== hash(content)) edited.set(path, found);
  }
  if (edited.size > 0 && !force) throw editedFiles(directory, edited);

  const generated = Object.fromEntries(files.map(({ path, content }) => [path, hash(content)]));
  const state = printState({ ...options.state, generated });
  return [
    ...files.map(({ path, content }) => write(directory, path, content)),
    ...unwanted
      .filter((path) => !edited.has(path))
      .map((path) => ({
        kind: "remove" as const,
        path: resolve(directory, path),
        within: directory,
      })),
    write(directory, stateFile(directory), state),
  ];
}

/** What a clean-up would remove, and what it leaves, each with the reason. */
export interface CleanPlan {
  readonly plan: Plan;
  /** Paths relative to the folder. */
  readonly kept: readonly { readonly path: string; readonly because: string }[];
}

/**
 * The plan that removes generated files as long as nobody edited them, the build's products and
 * mirage's own folder. What the state claims counts only if it is among `owned`, and no link is
 * removed: mirage makes none.
 */
export async function planClean(
  directory: string,
  state: ProjectState,
  owned: OwnedPaths,
): Promise<CleanPlan> {
  const remove: string[] = [];
  const kept: { path: string; because: string }[] = [];
  const keep = (path: string, because: string) => kept.push({ path, because });
  for (const [path, written] of Object.entries(state.generated)) {
    const found = contentOf(directory, path);
    if (found === undefined) continue;
    if (!owned.generated.includes(path)) keep(path, notDerived);
    else if (found === written) remove.push(path);
    else keep(path, foreign[found] ?? "it was edited since mirage wrote it");
  }
  for (const path of new Set([...owned.products, ...state.products])) {
    const kind = entryKind(directory, path);
    if (kind === undefined) continue;
    if (!owned.products.includes(path)) keep(path, notDerived);
    else if (kind === "file" || kind === "folder") remove.push(path);
    else keep(path, foreign[kind === "link" ? links : devices] ?? "");
  }
  remove.push(stateFolder(directory));
  const within = directory;
  return {
    plan: remove.map((path) => ({ kind: "remove", path: resolve(directory, path), within })),
    kept,
  };
}

const notDerived = "nothing in the configuration makes it";

const [folders, links, devices] = ["a folder", "a link", "a device"];

/** What `contentOf` says of what has no content, and why that is not mirage's. */
const foreign: Readonly<Record<string, string>> = {
  [folders]: "it is a folder, which mirage did not make",
  [links]: "it is a symbolic link, which mirage did not make",
  [devices]: "it is a device, a pipe or a socket, which mirage did not make",
};

function write(directory: string, path: string, content: string) {
  return {
    kind: "write" as const,
    path: resolve(directory, path),
    content,
    within: directory,
  };
}

function hash(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** The hash of a file, or what is there instead of one. */
function contentOf(directory: string, path: string): string | undefined {
  switch (entryKind(directory, path)) {
    case undefined:
      return undefined;
    case "folder":
      return folders;
    case "link":
      return links;
    case "other":
      return devices;
    case "file":
      return hash(readInside(directory, path) ?? "");
  }
}

function editedFiles(directory: string, edited: ReadonlyMap<string, string>): MirageError {
  const hint = "keep your text elsewhere, or let `mirage configure --force` overwrite it";
  const code = "ERR_MIRAGE_EDITED_FILE";
  return new MirageError(code, `nothing was written: ${edited.size} file(s) are not mirage's own`, {
    hint,
    details: [...edited].map(([path, found]) => ({
      code,
      severity: "error",
      message: foreign[found]
        ? `${join(directory, path)}: ${foreign[found]}`
        : `${join(directory, path)} was not written by mirage, or was edited since`,
      hint,
    })),
  });
}
