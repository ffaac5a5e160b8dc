import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Whether the opam binary is at hand. */
export const hasOpam = spawnSync("opam", ["--version"]).status === 0;

if (!hasOpam) console.warn("comparisons with opam are skipped: there is no opam on the PATH");

/** Runs a function with a temporary folder that holds the given files. */
export function withFolder<T>(files: ReadonlyMap<string, string>, run: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "opam-file-"));
  try {
    for (const [path, content] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    return run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs opam in a folder, with a root of its own; returns what it prints. */
export function opam(folder: string, ...args: string[]): { stdout: string; status: number | null } {
  const environment = {
    ...process.env,
    OPAMROOT: join(folder, ".root"),
    OPAMROOTISOK: "1",
    OPAMCOLOR: "never",
    OPAMUTF8: "never",
  };
  const { stdout, stderr, status, error } = spawnSync("opam", args, {
    cwd: folder,
    env: environment,
    encoding: "utf8",
    maxBuffer: 1e8,
  });
  if (error !== undefined) throw error;
  if (stderr !== "") throw new Error(stderr);
  return { stdout, status };
}

/**
 * What `opam admin list` shows of a repository, in its order; `packages` gives the opam file of each
 * `name.version`, and each of `commands` is a list of options.
 */
export function listPackages(
  packages: ReadonlyMap<string, string>,
  ...commands: readonly (readonly string[])[]
): string[][] {
  const repository = new Map([["repo", 'opam-version: "2.0"\n']]);
  for (const [id, content] of packages) repository.set(`packages/all/${id}/opam`, content);
  return withFolder(repository, (folder) =>
    commands.map((options) =>
      opam(folder, "admin", "list", "--short", "--columns=package", "-V", ...options)
        .stdout.split("\n")
        .filter((line) => line !== ""),
    ),
  );
}
