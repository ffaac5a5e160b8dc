import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { repository } from "../../../src/support/mirage.js";

/**
 * Copies the workspace into `folder` as a git repository of one commit: what a fresh clone of it
 * has after `pnpm install`. The dependencies are links to those of this workspace.
 */
export function copyWorkspace(folder: string): void {
  const listed = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  for (const path of git(repository, ...listed).split("\0")) {
    const source = join(repository, path);
    if (path === "" || isPendingChangeset(path) || !existsSync(source)) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(source, join(folder, path), { verbatimSymlinks: true });
  }
  linkEntries(join(repository, "node_modules"), join(folder, "node_modules"));
  for (const group of ["packages", "apps"]) {
    for (const name of readdirSync(join(folder, group))) {
      copyLinks(
        join(repository, group, name, "node_modules"),
        join(folder, group, name, "node_modules"),
      );
    }
  }
  git(folder, "init", "--quiet", "--initial-branch=main");
  git(folder, "config", "user.name", "Somebody");
  git(folder, "config", "user.email", "somebody@localhost");
  git(folder, "add", "--all");
  git(folder, "commit", "--quiet", "--message", "The workspace");
}

/** What waits to be released would be released with what a test changes. */
function isPendingChangeset(path: string): boolean {
  return path.startsWith(".changeset/") && path.endsWith(".md");
}

/** Runs git in a folder and returns what it prints. */
export function git(folder: string, ...args: readonly string[]): string {
  return execFileSync("git", args, { cwd: folder, encoding: "utf8", maxBuffer: 1 << 26 });
}

/** Makes `to` a folder of links to the entries of `from`. */
function linkEntries(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) symlinkSync(join(from, name), join(to, name));
}

/** Copies links, which pnpm makes relative, so that those to packages lead to the copied ones. */
function copyLinks(from: string, to: string): void {
  if (!existsSync(from)) return;
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    const source = join(from, name);
    if (lstatSync(source).isSymbolicLink()) symlinkSync(readlinkSync(source), join(to, name));
    else if (name.startsWith("@")) copyLinks(source, join(to, name));
  }
}
