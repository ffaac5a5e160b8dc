// Puts one fault after the other into a copy of the commit that is checked out, and sees that `npm run
// unit` would fail. --quick: of each only the check that is named in faults/table.mjs.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { faults } from "./faults/table.mjs";
import { report } from "./report.mjs";
import { root, runQuietly, unitTargets, workspaceEnv } from "./workspace.mjs";

const isQuick = process.argv.includes("--quick");

await report(async () => {
  if (spawnSync("git", ["rev-parse", "HEAD"], { cwd: root }).status !== 0) {
    console.error("This is no checkout of git: no faults are tried.");
    return;
  }
  const parent = mkdtempSync(join(tmpdir(), "mirage-faults-"));
  const copy = join(parent, "copy");
  const end = () => {
    spawnSync("git", ["worktree", "remove", "--force", copy], { cwd: root });
    rmSync(parent, { recursive: true, force: true });
  };
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
  process.once("exit", end);

  runQuietly("git worktree", "git", ["worktree", "add", "--detach", copy, "HEAD"]);
  const options = { cwd: copy, env: environment(copy) };
  const install = ["install", "--frozen-lockfile", "--prefer-offline"];
  runQuietly("pnpm install", "pnpm", install, options);
  const checks = [...new Set(faults.flatMap((fault) => fault.checks))];
  for (const check of checks) runQuietly(`${check} without a fault`, "nx", ["run", check], options);

  const unnoticed = [];
  for (const fault of faults) {
    put(fault, copy);
    const failed = isQuick ? failingChecks(fault, options) : failingTargets(options);
    const missed = fault.checks.filter((check) => !failed.includes(check));
    console.error(`${missed.length === 0 ? "noticed" : "MISSED "}  ${fault.about}`);
    if (!isQuick) console.error(`         by ${failed.join(", ") || "nothing"}`);
    if (missed.length > 0) unnoticed.push(`${fault.about}: ${missed.join(", ")} passes`);
    execFileSync("git", ["checkout", "--quiet", "."], { cwd: copy });
  }
  if (unnoticed.length > 0) throw new Error(unnoticed.join("\n"));
});

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

function put({ about, edits }, copy) {
  for (const [name, from, to] of edits) {
    const file = join(copy, name);
    const before = existsSync(file) ? readFileSync(file, "utf8") : "";
    const after = before.replaceAll(from instanceof RegExp ? new RegExp(from, "g") : from, to);
    if (before === after) throw new Error(`${about}: ${name} has changed, choose another fault`);
    writeFileSync(file, after);
  }
}

function failingChecks({ checks }, options) {
  return checks.filter((check) => spawnSync("nx", ["run", check], options).status !== 0);
}

/** The targets of `npm run unit` that fail, of those that nx calls affected. */
function failingTargets(options) {
  const affected = ["affected", "--base=HEAD", "-t", ...unitTargets, "--parallel=2"];
  const args = [...affected, "--outputStyle=static", "--nxBail=false"];
  const { stdout, stderr } = spawnSync("nx", args, {
    ...options,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  const [, list = ""] = /Failed tasks:\n(.*)/s.exec(`${stdout}${stderr}`) ?? [];
  return Array.from(list.matchAll(/^- (\S+)/gm), ([, task]) => task);
}
