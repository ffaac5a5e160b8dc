import { readdirSync, readFileSync, type Stats, statSync } from "node:fs";
import { join, relative } from "node:path";
import { type Configuration, resolvePath } from "@mirage/conf";

/** Larger files, and more of them, are not looked at. */
const largestFile = 1024 * 1024;
const mostFiles = 500;

/** The OCaml sources beside a .conf file: the modules of its program. */
export interface Sources {
  /** By file name; not those that are too large. */
  readonly files: ReadonlyMap<string, string>;
  /** Names of the modules. */
  readonly modules: readonly string[];
}

/** @param generated the files that mirage itself writes there */
export function readSources(directory: string, generated: ReadonlySet<string>): Sources {
  const names = readdirSync(directory)
    .filter((name) => /^[A-Za-z_]\w*\.mli?$/.test(name) && !generated.has(name))
    .filter((name) => fileAt(join(directory, name)) !== undefined)
    .sort();
  const files = new Map<string, string>();
  for (const name of names.slice(0, mostFiles)) {
    const text = readSmall(join(directory, name));
    if (text !== undefined) files.set(name, text);
  }
  return { files, modules: [...new Set(names.map(moduleOf))] };
}

/** The module that a file makes: `Hello` for `hello.ml`. */
export function moduleOf(file: string): string {
  const base = file.replace(/\.mli?$/, "");
  return base.charAt(0).toUpperCase() + base.slice(1);
}

/** The libraries that dune files below the application's folder define, by any of their names. */
export function localLibraries(configuration: Configuration): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { path, text } of duneFiles(configuration)) {
    if (path === "dune") continue;
    for (const [, name = ""] of text.matchAll(/\((?:public_)?name\s+"?([\w.-]+)/g)) names.add(name);
  }
  return names;
}

/** Whether a rule of the application's makes a module, or a dune file says where its source lies. */
export function isMadeByDune(configuration: Configuration, module: string): boolean {
  const [first = ""] = module;
  const name = `[${first.toLowerCase()}${first.toUpperCase()}]${module.slice(1)}`;
  // A source of its own, or what ocamllex, ocamlyacc and menhir have in their stanzas.
  const made = new RegExp(
    `(?<![\\w./-])${name}\\.mli?\\b|\\((?:ocamllex|ocamlyacc|menhir)\\b[^()]*(?:\\(modules\\b[^()]*)?(?<![\\w.-])${name}(?![\\w.-])`,
  );
  return duneFiles(configuration).some(({ text }) => made.test(text));
}

/** The dune files at and below the application's folder, by their paths from there. */
function duneFiles(configuration: Configuration): { path: string; text: string }[] {
  const root = resolvePath(configuration, ".");
  const data = configuration.filesystems.map(({ path }) => resolvePath(configuration, path.value));
  const files: { path: string; text: string }[] = [];
  const visit = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && !/^[._]/.test(entry.name) && !data.includes(path)) visit(path);
      if (entry.name !== "dune" || files.length >= mostFiles) continue;
      files.push({ path: relative(root, path), text: readSmall(path) ?? "" });
    }
  };
  visit(root);
  return files;
}

function readSmall(path: string): string | undefined {
  const file = fileAt(path);
  return file && file.size <= largestFile ? readFileSync(path, "utf8") : undefined;
}

/** A regular file, also at the end of a link: dune follows links to sources. */
function fileAt(path: string): Stats | undefined {
  try {
    const found = statSync(path);
    return found.isFile() ? found : undefined;
  } catch {
    return undefined;
  }
}
