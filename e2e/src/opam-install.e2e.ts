import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type EnsureOptions, ensureInstalled, privateTarget } from "@mirage/opam-driver";
import {
  type DebianUniverse,
  debianRequirements,
  loadUniverse,
  type OpamRepository,
  opamRepository,
  readRuntime,
  repositoryPlan,
  runtimeRepository,
  runtimeVersions,
  systemRepository,
} from "@mirage/opam-system";
import { execute } from "@mirage/plan";
import { afterAll, beforeAll, expect, test } from "vitest";

let folder: string;
let universe: DebianUniverse;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "mirage-opam-e2e-"));
  universe = await loadUniverse({ cacheFolder: folder });
  write("greet/package.json", '{ "name": "greet", "version": "1.2.0" }');
  write("greet/dune-project", "(lang dune 2.9)\n");
  write(
    "greet/test-greet.opam",
    'opam-version: "2.0"\ndepends: ["ocaml" {>= "4.08"} "dune" {>= "2.9"} "lwt" "cstruct"]\nbuild: ["dune" "build" "-p" name "-j" jobs]\n',
  );
  write(
    "greet/lib/dune",
    "(library (name test_greet) (public_name test-greet) (libraries lwt cstruct))\n",
  );
  write("greet/lib/test_greet.ml", greeting("hello"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, content: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

function greeting(text: string): string {
  return `let text = Lwt.return (Cstruct.of_string ${JSON.stringify(text)})\n`;
}

function source(repository: OpamRepository) {
  const { name, fingerprint } = repository;
  return { name, fingerprint, plan: (into: string) => repositoryPlan(repository, into) };
}

async function request(): Promise<EnsureOptions> {
  const runtimes = [await readRuntime(join(folder, "greet"))];
  const names = ["test-greet", "lwt", "cstruct", "ocamlfind"];
  const versions = runtimeVersions(runtimes);
  return {
    target: privateTarget(join(folder, "data"), universe.ocamlVersion),
    compiler: { name: "ocaml-system", version: universe.ocamlVersion },
    packages: names.map((name) => {
      const version = versions.get(name);
      return version === undefined ? { name } : { name, version };
    }),
    repositories: [source(runtimeRepository(runtimes)), source(systemRepository(universe))],
    systemPackages: debianRequirements(universe, runtimes, names),
    log: join(folder, "opam.log"),
  };
}

/** Builds a program with the installed libraries, in the way a Makefile does it, and runs it. */
function greetingOf(exec: readonly string[]): string {
  write("app/dune-project", "(lang dune 2.9)\n");
  write("app/dune", "(executable (name app) (libraries test-greet lwt.unix))\n");
  write(
    "app/app.ml",
    "let () = Lwt_main.run Test_greet.text |> Cstruct.to_string |> print_endline\n",
  );
  const [command = "", ...words] = [...exec, "dune", "build", "--root", ".", "./app.exe"];
  const app = join(folder, "app");
  const build = spawnSync(command, words, { cwd: app, encoding: "utf8" });
  expect(build.stderr).not.toMatch(/Error/);
  return spawnSync(join(app, "_build/default/app.exe"), { encoding: "utf8" }).stdout;
}

test("a fresh root gets the distribution's libraries and a package of ours, which a program uses", async () => {
  const progress: string[] = [];
  const installed = await ensureInstalled({
    ...(await request()),
    onProgress: ({ task, text }) => progress.push(text ?? task),
  });
  expect(installed.packages.get("lwt")).toMatch(/^\d+\.\d+/);
  expect(installed.packages.get("test-greet")).toMatch(/^1\.2\.0\+/);
  expect(existsSync(join(installed.libDir, "test-greet", "META"))).toBe(true);
  expect(progress.some((text) => text.startsWith("building test-greet"))).toBe(true);
  expect(greetingOf(installed.exec)).toBe("hello\n");
});

test("again: nothing is called", async () => {
  const path = process.env.PATH;
  process.env.PATH = join(folder, "nothing-here");
  try {
    const progress: string[] = [];
    await ensureInstalled({
      ...(await request()),
      onProgress: ({ task, text }) => progress.push(text ?? task),
    });
    expect(progress).toEqual([]);
  } finally {
    process.env.PATH = path;
  }
});

test("a changed source is built anew, and nothing else", async () => {
  write("greet/lib/test_greet.ml", greeting("good evening"));
  const progress: string[] = [];
  const installed = await ensureInstalled({
    ...(await request()),
    onProgress: ({ task, text }) => progress.push(text ?? task),
  });
  const done = progress.filter((text) => text.startsWith("installed "));
  expect(done.map((text) => text.replace(/\+.*/, ""))).toEqual(["installed test-greet.1.2.0"]);
  expect(greetingOf(installed.exec)).toBe("good evening\n");
});

test("an activated switch of another OCaml does not get in the way", async () => {
  const other = join(folder, "other", "switch");
  write("other/switch/bin/ocamlc", "#!/bin/sh\necho 3.12.1\n");
  spawnSync("chmod", ["+x", join(other, "bin/ocamlc")]);
  const { PATH, OPAM_SWITCH_PREFIX } = process.env;
  process.env.PATH = `${join(other, "bin")}:${PATH}`;
  process.env.OPAM_SWITCH_PREFIX = other;
  try {
    const target = privateTarget(join(folder, "second"), universe.ocamlVersion);
    const installed = await ensureInstalled({ ...(await request()), target });
    expect(installed.env.PATH).not.toContain(other);
    expect(installed.packages.get("ocaml-system")).toBe(universe.ocamlVersion);
  } finally {
    process.env.PATH = PATH;
    if (OPAM_SWITCH_PREFIX === undefined) delete process.env.OPAM_SWITCH_PREFIX;
    else process.env.OPAM_SWITCH_PREFIX = OPAM_SWITCH_PREFIX;
  }
});

test("opam finds no fault in any package of the distribution", async () => {
  const { packages } = systemRepository(universe);
  await execute(repositoryPlan(opamRepository("all", packages), join(folder, "all")));
  const files = packages.map(({ name, version }) =>
    join(folder, "all", "packages", name, `${name}.${version}`, "opam"),
  );
  const env = { ...process.env, OPAMROOT: join(folder, "none"), OPAMROOTISOK: "1" };
  const { stdout } = spawnSync("opam", ["lint", ...files], { env, encoding: "utf8" });
  const faulty = stdout.split("\n").filter((line) => line !== "" && !line.endsWith(": Passed."));
  expect(faulty).toEqual([]);
  expect(packages.length).toBeGreaterThan(200);
});
