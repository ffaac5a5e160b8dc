import {
  compareVersions,
  type PackageDefinition,
  parseFields,
  readPackage,
} from "@mirage/opam-file";
import { readSource } from "../repository/read-source.js";
import type { Source } from "../repository/source.js";

/** The opam files of sources, parsed whole, when asked for. */
export class Definitions {
  readonly #texts = new Map<string, Map<string, Buffer>>();
  readonly #parsed = new Map<string, PackageDefinition>();

  private constructor() {
    // See read.
  }

  /** The one name that differs from the given one at most in upper and lower case, if there is one. */
  exactName(name: string): string {
    if (this.#texts.has(name)) return name;
    const lower = name.toLowerCase();
    const [found, ...others] = [...this.#texts.keys()].filter(
      (text) => text.toLowerCase() === lower,
    );
    return found !== undefined && others.length === 0 ? found : name;
  }

  /** Reads sources; of equal versions the first one's counts. */
  static async read(sources: readonly Source[]): Promise<Definitions> {
    const definitions = new Definitions();
    for (const source of sources) {
      if (source.kind === "packages") {
        for (const { name, version, opam } of source.packages) {
          definitions.#add(name, version, Buffer.from(opam));
        }
      } else {
        await readSource(source, {
          listed: () => {
            // Only files matter.
          },
          file: (name, version, content) => definitions.#add(name, version, Buffer.from(content)),
        });
      }
    }
    return definitions;
  }

  #add(name: string, version: string, text: Buffer): void {
    let versions = this.#texts.get(name);
    if (versions === undefined) {
      versions = new Map();
      this.#texts.set(name, versions);
    }
    for (const known of versions.keys()) if (compareVersions(known, version) === 0) return;
    versions.set(version, text);
  }

  /** The versions of a name, in no order. */
  versions(name: string): string[] {
    return [...(this.#texts.get(name)?.keys() ?? [])];
  }

  /** The text of a package's opam file. */
  text(name: string, version: string): string | undefined {
    return this.#texts.get(name)?.get(version)?.toString();
  }

  definition(name: string, version: string): PackageDefinition | undefined {
    const key = `${name}.${version}`;
    let definition = this.#parsed.get(key);
    if (definition === undefined) {
      const text = this.text(name, version);
      if (text === undefined) return undefined;
      definition = readPackage(parseFields(text, fields, key)).package;
      this.#parsed.set(key, definition);
    }
    return definition;
  }
}

const fields = new Set([
  "depends",
  "depopts",
  "conflicts",
  "conflict-class",
  "available",
  "flags",
  "tags",
  "url",
]);
