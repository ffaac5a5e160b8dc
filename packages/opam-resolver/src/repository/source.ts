import { statSync } from "node:fs";
import { resolve } from "node:path";
import { fromSystemError } from "@mirage/diagnostics";

/** The text of an opam file for a package that no repository holds. */
export interface PackageText {
  readonly name: string;
  readonly version: string;
  readonly opam: string;
}

/** Where packages come from. */
export type Source =
  /** A repository's folder, the one that contains `packages`. */
  | { readonly kind: "folder"; readonly path: string }
  /** A tar archive of one, perhaps compressed by gzip or zstd. */
  | { readonly kind: "archive"; readonly path: string }
  /** Packages made on the fly. */
  | { readonly kind: "packages"; readonly packages: readonly PackageText[] };

/** The source at a path: a folder, or else an archive. @throws MirageError of the operating system */
export function sourceAt(path: string): Source {
  const absolute = resolve(path);
  try {
    return { kind: statSync(absolute).isDirectory() ? "folder" : "archive", path: absolute };
  } catch (error) {
    throw fromSystemError(error);
  }
}
