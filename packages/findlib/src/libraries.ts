import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Meta, metaValue, parseMeta } from "./meta.js";

/** An OCaml library that is installed. */
export interface Library {
  /** As findlib writes it: `lwt.unix`. */
  readonly name: string;
  /** The libraries that it needs itself, in the order of its META file. */
  readonly requires: readonly string[];
}

/** Those that dune asks META files with. */
const predicates: ReadonlySet<string> = new Set(["ppx_driver", "mt", "mt_posix"]);

/** The libraries in the folders of a search path; a folder earlier in it wins. */
export class Libraries {
  readonly #path: readonly string[];
  readonly #files = new Map<string, Promise<Meta | undefined>>();

  constructor(path: readonly string[]) {
    this.#path = path;
  }

  /** The library of that name; nothing if it is not installed. */
  async find(name: string): Promise<Library | undefined> {
    const [main = "", ...inner] = name.split(".");
    const file = await this.#file(main);
    const found = inner.reduce<Meta | undefined>((meta, part) => meta?.packages.get(part), file);
    if (found === undefined) return undefined;
    const requires = metaValue(found, "requires", predicates) ?? "";
    return { name, requires: requires.split(/[\s,]+/).filter((word) => word !== "") };
  }

  /** The top-level libraries of all folders. */
  async names(): Promise<string[]> {
    const lists = await Promise.all(this.#path.map((folder) => readdir(folder).catch(() => [])));
    return [...new Set(lists.flat().map((name) => name.replace(/^META\./, "")))];
  }

  /** The libraries directly within a top-level one: `unix` for `lwt.unix`. */
  async parts(name: string): Promise<string[]> {
    return [...((await this.#file(name))?.packages.keys() ?? [])];
  }

  #file(name: string): Promise<Meta | undefined> {
    const known = this.#files.get(name);
    if (known) return known;
    const reading = this.#read(name);
    this.#files.set(name, reading);
    return reading;
  }

  async #read(name: string): Promise<Meta | undefined> {
    for (const folder of this.#path) {
      for (const file of [join(folder, name, "META"), join(folder, `META.${name}`)]) {
        const text = await readIfThere(file);
        if (text !== undefined) return parseMeta(text);
      }
    }
    return undefined;
  }
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
