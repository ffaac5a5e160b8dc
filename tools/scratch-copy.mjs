// A copy of the commit that is checked out, in which a script may change what it likes.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root, runQuietly, workspaceEnv } from "./workspace.mjs";

/** Whether there is a commit to copy. */
export const isCheckout =
  spawnSync("git", ["rev-parse", "HEAD"], { cwd: root, stdio: "ignore" }).status === 0;

/**
 * Makes the copy, with its dependencies installed, and returns what commands in it are run with: `cwd` and
 * `env`. It is removed when this process ends.
 */
export function scratchCopy() {
  const parent = mkdtempSync(join(tmpdir(), "mirage-copy-"));
  const copy = join(parent, "copy");
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
  process.once("exit", () => {
    spawnSync("git", ["worktree", "remove", "--force", copy], { cwd: root });
    rmSync(parent, { recursive: true, force: true });
  });
  runQuietly("git worktree", "git", ["worktree", "add", "--detach", copy, "HEAD"]);
  const options = { cwd: copy, env: environment(copy) };
  const install = ["install", "--frozen-lockfile", "--prefer-offline"];
  runQuietly("pnpm install", "pnpm", install, options);
  return options;
}

/** What nx has seen pass in this checkout counts: a cache that misses an input is a fault, too. */
function environment(copy) {
  const bin = join(copy, "node_modules/.bin");
  const beside = join(root, "../shared/data/opam");
  return {
    ...workspaceEnv(),
    PATH: `${bin}:${process.env.PATH}`,
    NX_CACHE_DIRECTORY: join(root, ".nx/cache"),
    NX_WORKSPACE_ROOT_PATH: copy,
    DUNE_CACHE: "enabled",
    ...(existsSync(beside) && { MIRAGE_OPAM_DATA: process.env.MIRAGE_OPAM_DATA ?? beside }),
  };
}
