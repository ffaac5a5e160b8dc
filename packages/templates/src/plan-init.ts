import { lstat, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MirageError } from "@mirage/diagnostics";
import type { Plan, WriteAction } from "@mirage/plan";
import { checkName } from "./name.js";
import type { Template } from "./templates.js";

export interface InitRequest {
  readonly template: Template;
  /** What the application is called: its files are NAME.conf and, once it is built, mir-NAME. */
  readonly name: string;
  /** Where the files go; made if it is not there. */
  readonly directory: string;
}

const ignored = [
  ".mirage/",
  "_build/",
  "Makefile",
  "dune",
  "dune-project",
  "main.ml",
  "mir-*",
  "*.xl",
];

/**
 * The files of a new application, as a plan. A .gitignore that is there already is left as it is.
 * @throws MirageError `ERR_MIRAGE_INIT_EXISTS` if any other file would be overwritten or the folder
 * has an application in it, `ERR_MIRAGE_INIT_NAME`
 */
export async function planInit({ template, name, directory }: InitRequest): Promise<Plan> {
  checkName(name);
  const files = await filesOf(template, name);
  const there = await obstacles(directory, [...files.keys()]);
  if (there.length > 0) throw exists(there, directory);
  if (!(await isThere(join(directory, ".gitignore")))) {
    files.set(".gitignore", ignored.map((path) => `/${path}\n`).join(""));
  }
  return [...files].map(([path, content]): WriteAction => {
    return { kind: "write", path: join(directory, path), content, within: directory };
  });
}

async function filesOf(
  template: Template,
  name: string,
): Promise<Map<string, string | Uint8Array>> {
  const folder = fileURLToPath(new URL(`../templates/${template.name}`, import.meta.url));
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = found
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
  const files = new Map<string, string | Uint8Array>();
  for (const path of paths) {
    const target = path === "app.conf" ? `${name}.conf` : path;
    files.set(target, await readFile(join(folder, path)));
  }
  const { disk } = template;
  if (disk) files.set(disk.path, new Uint8Array(disk.bytes));
  return files;
}

/** Which of the paths are there, and which .conf files: a folder has one application. */
async function obstacles(directory: string, paths: readonly string[]): Promise<string[]> {
  const checks = paths.map(async (path) => ((await isThere(join(directory, path))) ? [path] : []));
  const confs = (await entries(directory)).filter((name) => name.endsWith(".conf"));
  return [...new Set([...(await Promise.all(checks)).flat(), ...confs])];
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isAbsence(error)) return false;
    throw error;
  }
}

async function entries(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (isAbsence(error)) return [];
    throw error;
  }
}

function isAbsence(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}

function exists(there: readonly string[], directory: string): MirageError {
  return new MirageError(
    "ERR_MIRAGE_INIT_EXISTS",
    `${directory} has ${there.join(", ")} already: nothing was written`,
    { hint: "choose another folder with --directory" },
  );
}
