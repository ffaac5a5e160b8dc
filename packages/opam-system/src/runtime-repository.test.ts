import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runtimeRepository, runtimeVersions } from "./runtime-repository.js";
import { readRuntime, runtimeFolders } from "./runtime-source.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mirage-opam-system-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, content: string | Uint8Array): void {
  const target = join(folder, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, content);
}

function writePackages(): void {
  write("base/package.json", '{ "name": "@x/base", "version": "1.2.0" }');
  write("base/x-base.opam", 'opam-version: "2.0"\nversion: "1.2.0"\ndepends: ["ocaml"]\n');
  write("base/dune-project", "(lang dune 2.9)\n");
  write("base/lib/a.ml", "let x = 1\n");
  write("user/package.json", '{ "name": "@x/user", "version": "1.2.0" }');
  write(
    "user/x-user.opam",
    'opam-version: "2.0"\ndepends: [\n  "ocaml"\n  "x-base" {= version}\n  "lwt" {>= "5"}\n]\n',
  );
  write("user/data.bin", Uint8Array.of(0, 255));
}

async function sources() {
  return [await readRuntime(join(folder, "user")), await readRuntime(join(folder, "base"))];
}

test("only what dune needs is read", async () => {
  writePackages();
  for (const path of [
    "README.md",
    "LICENSE",
    "_build/x",
    "node_modules/y/dune",
    "src/index.ts",
    "test/dune",
    ".git/config",
    "dist/z.js",
    "x.install",
  ]) {
    write(`base/${path}`, "noise");
  }
  const base = await readRuntime(join(folder, "base"));
  expect([...base.files.keys()]).toEqual(["dune-project", "lib/a.ml", "x-base.opam"]);
  expect(base).toMatchObject({ name: "x-base", release: "1.2.0" });
});

test("a version follows the sources of a package and of those it needs", async () => {
  writePackages();
  const before = runtimeVersions(await sources());
  expect(before.get("x-base")).toMatch(/^1\.2\.0\+[0-9a-f]{12}$/);
  expect(runtimeVersions(await sources())).toEqual(before);

  write("user/data.bin", Uint8Array.of(1));
  const userChanged = runtimeVersions(await sources());
  expect(userChanged.get("x-base")).toBe(before.get("x-base"));
  expect(userChanged.get("x-user")).not.toBe(before.get("x-user"));

  write("base/lib/a.ml", "let x = 2\n");
  const baseChanged = runtimeVersions(await sources());
  expect(baseChanged.get("x-base")).not.toBe(before.get("x-base"));
  expect(baseChanged.get("x-user")).not.toBe(userChanged.get("x-user"));
});

test("the repository carries the sources and needs exact versions of our own", async () => {
  writePackages();
  const { packages } = runtimeRepository(await sources());
  const user = packages.find((found) => found.name === "x-user");
  const base = packages.find((found) => found.name === "x-base");
  expect([...(user?.files.keys() ?? [])]).toEqual(["opam", "files/data.bin", "files/x-user.opam"]);
  const opam = String(user?.files.get("opam"));
  expect(opam).toContain(`"x-base" {= "${base?.version}"}\n  "lwt" {>= "5"}`);
  expect(opam).toMatch(/\["data\.bin" "sha256=[0-9a-f]{64}"\]/);
  expect(String(base?.files.get("opam"))).not.toContain('"1.2.0"');
});

test("what only tests need does not count", async () => {
  writePackages();
  write("user/x-user.opam", 'opam-version: "2.0"\ndepends: ["x-base" {with-test}]\n');
  const before = runtimeVersions(await sources());
  write("base/lib/a.ml", "let x = 2\n");
  expect(runtimeVersions(await sources()).get("x-user")).toBe(before.get("x-user"));
  const user = runtimeRepository(await sources()).packages.find((p) => p.name === "x-user");
  expect(String(user?.files.get("opam"))).toContain('"x-base" {with-test}');
});

test("a folder without an opam file, or with two, is refused", async () => {
  write("a/package.json", '{ "version": "1.0.0" }');
  await expect(readRuntime(join(folder, "a"))).rejects.toMatchObject({
    code: "ERR_MIRAGE_RUNTIME_INCOMPLETE",
  });
  write("a/a.opam", "");
  write("a/b.opam", "");
  await expect(readRuntime(join(folder, "a"))).rejects.toThrow("several: a.opam, b.opam");
});

test("finds the folders that Node finds", () => {
  write("app/package.json", "{}");
  write("app/node_modules/@mirage/runtime-net/package.json", '{ "version": "1.0.0" }');
  const from = join(folder, "app", "index.js");
  expect(runtimeFolders(from)).toContain(join(folder, "app/node_modules/@mirage/runtime-net"));
});
