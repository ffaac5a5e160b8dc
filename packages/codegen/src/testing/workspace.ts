import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { opamPackages } from "../components.js";
import { crunchFolder, crunchOptions } from "../crunch.js";
import { generate } from "../generate.js";
import { type GoldenCase, goldenFolder } from "./golden.js";

const packages = fileURLToPath(new URL("../../..", import.meta.url));

/** It stays between runs, so that only what has changed is compiled. */
const root = fileURLToPath(new URL("../../node_modules/.cache/golden", import.meta.url));

/** A dune workspace with this repository's OCaml packages and every golden case that they serve. */
export interface Workspace {
  readonly cases: readonly GoldenCase[];
  /** Cases for which there is no runtime here. */
  readonly left: readonly GoldenCase[];
}

export interface Outcome {
  readonly status: number | null;
  readonly output: string;
}

/** dune's version, or nothing where there is no dune. */
export function duneVersion(): string | undefined {
  const { status, stdout } = spawnSync("dune", ["--version"], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}

export function createWorkspace(cases: readonly GoldenCase[]): Workspace {
  mkdirSync(root, { recursive: true });
  writeFileSync(join(root, "dune-project"), "(lang dune 2.9)\n");
  const available = linkPackages();
  const isServed = ({ configuration, target }: GoldenCase) =>
    opamPackages(configuration, target).every(
      (name) => !name.startsWith("mirage-") || available.has(name),
    );
  const served = cases.filter(isServed);
  for (const golden of served) writeCase(golden);
  return { cases: served, left: cases.filter((golden) => !isServed(golden)) };
}

/** Builds targets in the workspace. */
export function build(targets: readonly string[]): Outcome {
  return run("dune", [
    "build",
    "--root=.",
    "--build-dir=_build",
    "--no-print-directory",
    "--display=quiet",
    "--profile=release",
    ...targets,
  ]);
}

/** What the program that links kernels reads when it is asked for dune's flags. */
const linkerFiles = ["_build/install/default/share/mirage-runtime-kernel/compiler"];

/** Builds the programs of cases, as far as dune makes them. */
export function buildPrograms(cases: readonly GoldenCase[]): Outcome {
  const isLinked = cases.some(({ target }) => target.link.tool === "mirage-link-kernel");
  const prepared = isLinked ? build(linkerFiles) : { status: 0, output: "" };
  return prepared.status === 0 ? build(cases.map(programOf)) : prepared;
}

/** Writes the file systems of all cases, as their Makefiles do. */
export function crunch({ cases }: Workspace): Outcome {
  const tool = "runtime-crunch/bin/mirage_crunch.exe";
  const calls = cases.flatMap((golden) =>
    golden.configuration.filesystems.map((filesystem) => ({ golden, filesystem })),
  );
  const built = calls.length > 0 ? build([tool]) : { status: 0, output: "" };
  return calls.reduce(
    (before, { golden, filesystem }) =>
      before.status === 0
        ? run(
            join(root, "_build/default", tool),
            [
              ...["--name", filesystem.name, "--output", crunchFolder],
              ...crunchOptions(golden.configuration, filesystem),
              filesystem.path.value,
            ],
            folderOf(golden),
          )
        : before,
    built,
  );
}

/** The program of a case, relative to the workspace. */
export function programOf({ name, target }: GoldenCase): string {
  return join(target.name, name, target.link.product);
}

export function executableOf(golden: GoldenCase): string {
  return join(root, "_build/default", programOf(golden));
}

/** Calls the Makefile of a case, with the packages of the workspace in place of opam's. */
export function make(golden: GoldenCase): Outcome {
  const installed = join(root, "_build/install/default");
  const packages = ["types", "runtime-unix", "runtime-operations", "runtime-crunch"];
  const built = build(packages.map((name) => `@${name}/install`));
  if (built.status !== 0) return built;
  return run("make", ["EXEC="], folderOf(golden), {
    ...process.env,
    OCAMLPATH: join(installed, "lib"),
    PATH: `${join(installed, "bin")}:${process.env.PATH}`,
  });
}

export function folderOf({ name, target }: GoldenCase): string {
  return join(root, target.name, name);
}

function run(
  command: string,
  args: readonly string[],
  cwd: string = root,
  env: NodeJS.ProcessEnv = process.env,
): Outcome {
  const options = { cwd, env, encoding: "utf8" } as const;
  const { status, stdout, stderr, error } = spawnSync(command, args, options);
  return { status, output: error ? String(error) : stdout + stderr };
}

/** The application's own files and the generated ones. */
function writeCase(golden: GoldenCase): void {
  const folder = folderOf(golden);
  const source = join(goldenFolder, golden.name);
  rmSync(folder, { recursive: true, force: true });
  cpSync(source, folder, { recursive: true, filter: (path) => path !== join(source, "expected") });
  for (const { path, content } of generate(golden.configuration, golden.target)) {
    writeFileSync(join(folder, path), content);
  }
}

/** The names of the opam packages of this repository, all of which are then in the workspace. */
function linkPackages(): Set<string> {
  const names = new Set<string>();
  const folders = readdirSync(packages, { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  for (const { name: folder } of folders) {
    const opamFiles = readdirSync(join(packages, folder)).filter((file) => file.endsWith(".opam"));
    for (const file of opamFiles) names.add(file.slice(0, -".opam".length));
    const link = join(root, folder);
    if (opamFiles.length > 0 && !existsSync(link)) symlinkSync(join(packages, folder), link);
  }
  return names;
}
