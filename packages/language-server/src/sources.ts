import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { moduleOf } from "@mirage/application/check";

/** A name that an OCaml source defines, and where, from 0. */
export interface Definition {
  readonly name: string;
  readonly kind: "module" | "value";
  /** Whether it is the file's own, not that of a module in it. */
  readonly isOuter: boolean;
  readonly line: number;
  readonly character: number;
}

/** Files that mirage writes itself; no application starts in them. */
const generated = ["main.ml", "net.ml", "arguments.ml"];

/** The beginning of a line that defines something, its indentation, and the name of a module or a value. */
const definition =
  /^((\s*)(?:(?:module|let|and)\s+(?:rec\s+)?))(?:(?<=module\s+|module\s+rec\s+|and\s+)([A-Z][\w']*)|(?<=let\s+|let\s+rec\s+|and\s+)([a-z_][\w']*))/;

/** The modules that the sources beside a .conf file make, by their files' names. */
export function modulesIn(directory: string): Map<string, string> {
  const files = filesIn(directory).filter((name) => !generated.includes(name));
  return new Map(
    files.filter((name) => name.endsWith(".ml")).map((name) => [moduleOf(name), name]),
  );
}

/** The OCaml sources and interfaces of a folder. */
export function filesIn(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => /^[A-Za-z_]\w*\.mli?$/.test(name))
    .sort();
}

/** What a source defines, as its lines begin. */
export function definitionsIn(text: string): Definition[] {
  return text.split("\n").flatMap((text, line): Definition[] => {
    const [, before = "", indent, module, value] = definition.exec(text) ?? [];
    const name = module ?? value;
    if (name === undefined) return [];
    const kind = module === undefined ? "value" : "module";
    return [{ name, kind, isOuter: indent === "", line, character: before.length }];
  });
}

export function readSource(directory: string, file: string): string {
  return readFileSync(join(directory, file), "utf8");
}
