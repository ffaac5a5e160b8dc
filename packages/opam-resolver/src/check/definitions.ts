import { readFileSync } from "node:fs";
import {
  compareVersions,
  type PackageDefinition,
  parseFields,
  readPackage,
} from "@mirage/opam-file";
import { readArchive } from "../repository/archive.js";
import { listFolder } from "../repository/folder.js";
import type { Source } from "../repository/source.js";

/** The opam files of sources, parsed whole, when asked for. */
export class Definitions {
  private readonly texts = new Map<string, Map<string, Buffer>>();
  private readonly parsed = new Map<string, PackageDefinition>();

  /** Of equal versions the first source's counts. */
  constructor(sources: readonly Source[]) {
    for (const source of sources) {
      if (source.kind === "packages") {
        for (const { name, version, opam } of source.packages) {
          this.add(name, version, Buffer.from(opam));
        }
      } else if (source.kind === "archive") {
        readArchive(source.path, (name, version, content) => {
          this.add(name, version, Buffer.from(content));
        });
      } else {
        for (const { name, version, path } of listFolder(source.path).files) {
          this.add(name, version, readFileSync(path));
        }
      }
    }
  }

  private add(name: string, version: string, text: Buffer): void {
    let versions = this.texts.get(name);
    if (versions === undefined) {
      versions = new Map();
      this.texts.set(name, versions);
    }
    for (const known of versions.keys()) if (compareVersions(known, version) === 0) return;
    versions.set(version, text);
  }

  /** The versions of a name, in no order. */
  versions(name: string): string[] {
    return [...(this.texts.get(name)?.keys() ?? [])];
  }

  /** The text of a package's opam file. */
  text(name: string, version: string): string | undefined {
    return this.texts.get(name)?.get(version)?.toString();
  }

  definition(name: string, version: string): PackageDefinition | undefined {
    const key = `${name}.${version}`;
    let definition = this.parsed.get(key);
    if (definition === undefined) {
      const text = this.text(name, version);
      if (text === undefined) return undefined;
      definition = readPackage(parseFields(text, FIELDS, key)).package;
      this.parsed.set(key, definition);
    }
    return definition;
  }
}

const FIELDS = new Set([
  "depends",
  "depopts",
  "conflicts",
  "conflict-class",
  "available",
  "flags",
  "tags",
  "url",
]);
