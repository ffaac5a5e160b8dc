import { isValidVersion } from "@mirage/opam-file/version";
import type { relops } from "../store/layout.js";
import type { FormulaReader } from "../universe/formulas.js";
import { everything, type Ranges } from "../universe/ranges.js";
import type { NameEntry } from "../universe/universe.js";

/** A package, perhaps with a bound on its version. */
export interface Atom {
  readonly name: string;
  readonly op?: (typeof relops)[number];
  readonly version?: string;
}

/** What is asked of the resolver. */
export type Request =
  | { readonly kind: "install"; readonly atoms: readonly Atom[] }
  /** Of all packages, if no atoms are given. */
  | { readonly kind: "upgrade"; readonly atoms: readonly Atom[] }
  | { readonly kind: "reinstall"; readonly atoms: readonly Atom[] }
  | {
      readonly kind: "remove";
      readonly atoms: readonly Atom[];
      /** Also what nothing needs any more. */
      readonly autoremove?: boolean;
    };

/**
 * Reads an atom as opam's command line does: `name`, `name.version`, `name>=version` and the other
 * operators. Undefined if the text is no such thing.
 */
export function parseAtom(text: string): Atom | undefined {
  const match = /^([^>=<.!]+)(<=|>=|=|!=|<|>|\.)(.*)$/.exec(text);
  const [, name = text, sign, version] = match ?? [];
  if (!/^[A-Za-z0-9_+-]*[A-Za-z][A-Za-z0-9_+-]*$/.test(name)) return undefined;
  if (sign === undefined || version === undefined) return { name };
  if (!isValidVersion(version)) return undefined;
  return { name, op: (sign === "." ? "=" : sign) as (typeof relops)[number], version };
}

/** An atom as opam writes it: `name.version` for an exact version. */
export function formatAtom({ name, op, version }: Atom): string {
  if (op === undefined) return name;
  return op === "=" ? `${name}.${version}` : `${name}${op}${version}`;
}

/** The versions that an atom allows, by their positions. */
export function rangesOf(
  reader: FormulaReader,
  entry: NameEntry,
  { op, version }: Atom,
  order: (version: string) => number,
): Ranges {
  if (op === undefined || version === undefined) return everything(entry.versions.length);
  return reader.bounded(entry, op, order(version));
}
