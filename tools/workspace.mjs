// Brings the checkout to a state in which its commands run: pnpm, dependencies, build output.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { delimiter, join, resolve } from "node:path";

export const root = resolve(import.meta.dirname, "..");

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const pnpmVersion = manifest.packageManager.replace("pnpm@", "");
const binFolders = [join(root, "node_modules/.bin")];

/** Environment for the workspace's own commands: local binaries first, nx without a daemon. */
export function workspaceEnv() {
  return {
    ...process.env,
    PATH: [...binFolders, process.env.PATH].join(delimiter),
    NX_DAEMON: "false",
    NX_NO_CLOUD: "true",
    NX_ISOLATE_PLUGINS: "false",
  };
}

/** Runs a command with its output shown, and throws when it fails. */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    env: workspaceEnv(),
    stdio: "inherit",
    ...options,
  });
  if (error) throw new Error(`cannot run ${command}: ${error.message}`);
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed (exit code ${status})`);
}

/** Runs a command silently; its output appears only when it fails. */
export function runQuietly(title, command, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    env: workspaceEnv(),
    encoding: "utf8",
    maxBuffer: 1 << 28,
    ...options,
  });
  if (error) throw new Error(`cannot run ${command}: ${error.message}`);
  if (status !== 0) throw new Error(`${title} failed:\n${stdout}${stderr}`);
}

/** The checks beside the sources: `npm run unit`. */
export const unitTargets = [
  "test",
  "test-ocaml",
  "test-portable",
  "test-js",
  "build-ocaml",
  "typecheck",
  "layers",
];

/**
 * Runs targets through nx, which leaves out what it has seen pass with the same inputs. With a commit
 * in $MIRAGE_BASE: only in the projects that the changes since then can break.
 */
export function runTargets(targets, ...options) {
  const base = process.env.MIRAGE_BASE;
  const selection = base ? ["affected", `--base=${base}`] : ["run-many"];
  run("nx", [...selection, "-t", ...targets, "--parallel=2", ...options]);
}

/** The names of the projects that the changes since $MIRAGE_BASE can break; nothing without one. */
export function affectedProjects() {
  const base = process.env.MIRAGE_BASE;
  if (!base) return undefined;
  const { status, stdout, stderr } = spawnSync(
    "nx",
    ["show", "projects", "--affected", `--base=${base}`, "--json"],
    { cwd: root, env: workspaceEnv(), encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`nx cannot say what is affected:\n${stdout}${stderr}`);
  return JSON.parse(stdout);
}

/** pnpm in the version that package.json names, installed for this user when it is absent. */
export function ensurePnpm() {
  const found = spawnSync("pnpm", ["--version"], { encoding: "utf8", cwd: homedir() });
  if (found.stdout?.trim() === pnpmVersion) return;
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const folder = join(cache, "mirage", `pnpm-${pnpmVersion}`);
  binFolders.push(join(folder, "node_modules/.bin"));
  if (existsSync(join(folder, "node_modules/.bin/pnpm"))) return;
  console.error(`Installing pnpm ${pnpmVersion}`);
  mkdirSync(folder, { recursive: true });
  const flags = ["--no-audit", "--no-fund", "--loglevel=error"];
  runQuietly("installing pnpm", "npm", [
    "install",
    "--prefix",
    folder,
    ...flags,
    `pnpm@${pnpmVersion}`,
  ]);
}

/** The workspace's dependencies, as the lock file says. */
export function ensureDependencies() {
  const stamp = join(root, "node_modules/.installed");
  const wanted = dependencyHash();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  console.error("Installing the workspace's npm dependencies");
  runQuietly("pnpm install", "pnpm", ["install", "--frozen-lockfile"]);
  writeFileSync(stamp, wanted);
}

function dependencyHash() {
  const hash = createHash("sha256");
  const manifests = ["packages", "apps"].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => join(root, folder, name, "package.json")),
  );
  const files = [
    "package.json",
    "pnpm-lock.yaml",
    "pnpm-workspace.yaml",
    "e2e/package.json",
    "docs/package.json",
    "tools/package.json",
  ];
  for (const file of [...files.map((name) => join(root, name)), ...manifests]) {
    if (existsSync(file)) hash.update(file.slice(root.length)).update(readFileSync(file));
  }
  return hash.digest("hex");
}

/** The packages' build output; nx decides what is out of date, if anything has changed at all. */
export function ensureBuilt() {
  // A task of nx names the builds that it needs.
  if (process.env.NX_TASK_TARGET_PROJECT !== undefined) return;
  const stamp = join(root, "node_modules/.built");
  const wanted = sourceState();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  runQuietly("the build", "nx", ["run-many", "-t", "build", "prebuild"]);
  writeFileSync(stamp, sourceState());
}

/** Changes with every change below packages and apps, build output included. */
function sourceState() {
  const hash = createHash("sha256");
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && !["node_modules", "_build"].includes(entry.name)) walk(path);
      else if (entry.isFile()) hash.update(`${path}\0${lstatSync(path).mtimeMs}\n`);
    }
  };
  for (const folder of ["packages", "apps"]) walk(join(root, folder));
  return hash.digest("hex");
}
