import { type Dirent, readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { MirageError } from "@mirage/diagnostics";

/** One of our own OCaml packages, read from its folder. */
export interface RuntimeSource {
  /** The opam package's name. */
  readonly name: string;
  /** The version of the release it belongs to. */
  readonly release: string;
  /** Its opam file. */
  readonly opam: string;
  /** What dune needs to build it, by path below the folder, in alphabetical order. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

const skippedFolders = new Set([
  "_build",
  "_opam",
  "dist",
  "generated",
  "golden",
  "node_modules",
  "test",
  "testdata",
]);
const skippedFiles =
  /(?:\.tsx?|\.md|\.install|\.tsbuildinfo)$|^(?:package|tsconfig.*)\.json$|^LICENSE$/;

/** The npm packages that hold our OCaml packages. */
export const runtimeNpmPackages: readonly string[] = [
  "@mirage/types",
  "@mirage/runtime-unix",
  "@mirage/runtime-js",
  "@mirage/runtime-kernel",
  "@mirage/runtime-virtio",
  "@mirage/runtime-xen",
  "@mirage/runtime-net",
  "@mirage/runtime-operations",
  "@mirage/runtime-http",
  "@mirage/runtime-tls",
  "@mirage/runtime-crunch",
  "@mirage/runtime-dns",
  "@mirage/runtime-fat",
];

/**
 * The folders of our OCaml packages, found as Node finds packages from the given file (a path or
 * `file:` URL): those of this workspace during development, of node_modules when installed. Those
 * that the file's package does not depend on are left out.
 */
export function runtimeFolders(from: string): string[] {
  const { resolve } = createRequire(from);
  return runtimeNpmPackages.flatMap((name) => {
    try {
      return [dirname(resolve(`${name}/package.json`))];
    } catch {
      return [];
    }
  });
}

/**
 * Reads an OCaml package that is also an npm package: `NAME.opam`, `dune-project` and `package.json`
 * at its root. Tests, build results and TypeScript in it are left out, as they do not change what
 * opam installs.
 * @throws MirageError `ERR_MIRAGE_RUNTIME_INCOMPLETE` when the folder is no such package.
 */
export async function readRuntime(folder: string): Promise<RuntimeSource> {
  const files = new Map<string, Uint8Array>();
  collect(folder, "", files);
  const opamFiles = [...files.keys()].filter((path) => /^[^/]+\.opam$/.test(path));
  const opamPath = opamFiles[0];
  if (opamPath === undefined || opamFiles.length > 1) {
    const what = opamPath === undefined ? "no opam file" : `several: ${opamFiles.join(", ")}`;
    throw incomplete(folder, `there should be one opam file, but there is ${what}`);
  }
  const opam = Buffer.from(files.get(opamPath) ?? []).toString("utf8");
  return { name: opamPath.slice(0, -".opam".length), release: await release(folder), opam, files };
}

async function release(folder: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const version = (manifest as { version?: unknown }).version;
  if (typeof version === "string" && /^[\w.+~-]+$/.test(version)) return version;
  throw incomplete(folder, "its package.json has no version");
}

/** Without promises: for hundreds of small files they would cost more than the reading. */
function collect(root: string, below: string, files: Map<string, Uint8Array>): void {
  const entries = readdirSync(join(root, below), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (isSkipped(entry)) continue;
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) collect(root, path, files);
    else files.set(path, readFileSync(join(root, path)));
  }
}

function isSkipped(entry: Dirent): boolean {
  if (entry.name.startsWith(".")) return true;
  if (entry.isDirectory()) return skippedFolders.has(entry.name);
  return !entry.isFile() || skippedFiles.test(entry.name);
}

function incomplete(folder: string, message: string): MirageError {
  return new MirageError("ERR_MIRAGE_RUNTIME_INCOMPLETE", `${folder}: ${message}`, {
    hint: "install mirage again: a part of it is missing",
  });
}
