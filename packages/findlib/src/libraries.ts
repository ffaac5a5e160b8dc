import { readdir, readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type Meta, metaValue, parseMeta } from "./meta.js";

/** An OCaml library that is installed. */
export interface Library {
  /** As findlib writes it: `lwt.unix`. */
  readonly name: string;
  /** The libraries that it needs itself, in the order of its META file. */
  readonly requires: readonly string[];
  /** Its archives of bytecode, as paths; none of those that come with the compiler. */
  readonly archives: readonly string[];
  /** What js_of_ocaml links in the place of its C, file names. */
  readonly jsRuntime: readonly string[];
}

/** Those that dune asks META files with. */
const predicates: ReadonlySet<string> = new Set(["ppx_driver", "mt", "mt_posix"]);

const bytecode: ReadonlySet<string> = new Set([...predicates, "byte"]);

/** A META file that was found. */
interface MetaFile {
  readonly meta: Meta;
  /** Where its archives are, if it doesn't say. */
  readonly folder: string;
}

/** The libraries in the folders of a search path; a folder earlier in it wins. */
export class Libraries {
  readonly #path: readonly string[];
  readonly #files = new Map<string, Promise<MetaFile | undefined>>();

  constructor(path: readonly string[]) {
    this.#path = path;
  }

  /** The library of that name; nothing if it is not installed. */
  async find(name: string): Promise<Library | undefined> {
    const [main = "", ...inner] = name.split(".");
    const file = await this.#file(main);
    if (file === undefined) return undefined;
    const path = [file.meta];
    for (const part of inner) {
      const next = path[path.length - 1]?.packages.get(part);
      if (next === undefined) return undefined;
      path.push(next);
    }
    const found = path[path.length - 1] ?? file.meta;
    const folder = path.reduce(inFolder, file.folder);
    const value = (variable: string, predicates: ReadonlySet<string>) =>
      (metaValue(found, variable, predicates) ?? "").split(/[\s,]+/).filter((word) => word !== "");
    return {
      name,
      requires: value("requires", predicates),
      archives: folder === "" ? [] : value("archive", bytecode).map((file) => join(folder, file)),
      jsRuntime: value("jsoo_runtime", predicates),
    };
  }

  /** The top-level libraries of all folders. */
  async names(): Promise<string[]> {
    const lists = await Promise.all(this.#path.map((folder) => readdir(folder).catch(() => [])));
    return [...new Set(lists.flat().map((name) => name.replace(/^META\./, "")))];
  }

  /** The libraries directly within a top-level one: `unix` for `lwt.unix`. */
  async parts(name: string): Promise<string[]> {
    return [...((await this.#file(name))?.meta.packages.keys() ?? [])];
  }

  #file(name: string): Promise<MetaFile | undefined> {
    const known = this.#files.get(name);
    if (known) return known;
    const reading = this.#read(name);
    this.#files.set(name, reading);
    return reading;
  }

  async #read(name: string): Promise<MetaFile | undefined> {
    for (const folder of this.#path) {
      for (const file of [join(folder, name, "META"), join(folder, `META.${name}`)]) {
        const text = await readIfThere(file);
        if (text !== undefined) return { meta: parseMeta(text), folder: dirname(file) };
      }
    }
    return undefined;
  }
}

/**
 * The folder of a package within that of the one around it: `directory` is relative to it. Nothing for the
 * compiler's own folder, which `+` and `^` stand for.
 */
function inFolder(folder: string, meta: Meta): string {
  const directory = metaValue(meta, "directory", predicates) ?? "";
  if (/^[+^]/.test(directory)) return "";
  return directory === "" || folder === "" ? folder : resolve(folder, directory);
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) {
      return undefined;
    }
    throw error;
  }
}
