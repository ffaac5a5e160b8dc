import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { MirageError } from "@mirage/diagnostics";
import type { Plan } from "@mirage/plan";
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
}

/**
 * The plan that brings the folder's generated files up to date: writes the new ones, removes those
 * that are not generated any more, and notes what was written. A file that the user wrote or edited
 * is an error that names every such file, before anything is touched; with `force` it is replaced.
 */
export async function planGenerate(options: GenerateOptions): Promise<Plan> {
  const { directory, files, force } = options;
  const before = (await readState(directory))?.generated ?? {};
  const wanted = new Map(files.map(({ path, content }) => [path, content]));
  const edited: string[] = [];
  for (const path of new Set([...wanted.keys(), ...Object.keys(before)])) {
    const found = await hashOfFile(join(directory, path));
    if (found === undefined || found === before[path]) continue;
    const content = wanted.get(path);
    if (content === undefined || found !== hash(content)) edited.push(path);
  }
  if (edited.length > 0 && !force) throw editedFiles(directory, edited);

  const generated = Object.fromEntries(files.map(({ path, content }) => [path, hash(content)]));
  return [
    ...files.map(({ path, content }) => write(join(directory, path), content)),
    ...Object.keys(before)
      .filter((path) => !wanted.has(path))
      .map((path) => ({ kind: "remove" as const, path: join(directory, path) })),
    write(stateFile(directory), printState({ ...options.state, generated })),
  ];
}

/** What a clean-up would remove, and what it leaves because the user edited it. */
export interface CleanPlan {
  readonly plan: Plan;
  /** Paths relative to the folder. */
  readonly kept: readonly string[];
}

/**
 * The plan that removes generated files as long as nobody edited them, the build's products and
 * mirage's own folder.
 */
export async function planClean(directory: string, state: ProjectState): Promise<CleanPlan> {
  const remove: string[] = [];
  const kept: string[] = [];
  for (const [path, written] of Object.entries(state.generated)) {
    const found = await hashOfFile(join(directory, path));
    if (found === written) remove.push(path);
    else if (found !== undefined) kept.push(path);
  }
  const paths = [...remove, ...state.products].map((path) => join(directory, path));
  return {
    plan: [...paths, stateFolder(directory)].map((path) => ({ kind: "remove" as const, path })),
    kept,
  };
}

function write(path: string, content: string) {
  return { kind: "write" as const, path, content };
}

function hash(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

async function hashOfFile(path: string): Promise<string | undefined> {
  try {
    return hash(await readFile(path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    if (code === "EISDIR") return "a folder";
    throw error;
  }
}

function editedFiles(directory: string, paths: readonly string[]): MirageError {
  const hint = "keep your text elsewhere, or let `mirage configure --force` overwrite it";
  const code = "ERR_MIRAGE_EDITED_FILE";
  return new MirageError(
    code,
    `nothing was written: ${paths.length} file(s) are not mirage's own`,
    {
      hint,
      details: paths.map((path) => ({
        code,
        severity: "error",
        message: `${join(directory, path)} was not written by mirage, or was edited since`,
        hint,
      })),
    },
  );
}
