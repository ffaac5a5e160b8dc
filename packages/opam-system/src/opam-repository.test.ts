import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describePlan, execute } from "@mirage/plan";
import { afterEach, beforeEach, expect, test } from "vitest";
import { opamRepository, type RepositoryPackage, repositoryPlan } from "./opam-repository.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mirage-opam-system-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function packageNamed(name: string, content = "x"): RepositoryPackage {
  return { name, version: "1", files: new Map([["opam", content]]) };
}

test("the fingerprint tells contents apart, not orders", () => {
  const fingerprint = (...packages: RepositoryPackage[]) =>
    opamRepository("r", packages).fingerprint;
  const one = fingerprint(packageNamed("a"), packageNamed("b"));
  expect(fingerprint(packageNamed("b"), packageNamed("a"))).toBe(one);
  expect(fingerprint(packageNamed("a"), packageNamed("b", "y"))).not.toBe(one);
  expect(fingerprint(packageNamed("a"))).not.toBe(one);
});

test("writes all files, binary ones as they are, and replaces what was there", async () => {
  const target = join(folder, "deep", "repository");
  const bytes = Uint8Array.of(0, 255, 10);
  await execute(repositoryPlan(opamRepository("r", [packageNamed("old")]), target));
  const fresh: RepositoryPackage = {
    name: "a",
    version: "1.0",
    files: new Map<string, string | Uint8Array>([
      ["opam", "text"],
      ["files/sub/data", bytes],
    ]),
  };
  await execute(repositoryPlan(opamRepository("r", [fresh]), target));
  expect(readdirSync(join(target, "packages"))).toEqual(["a"]);
  expect(readFileSync(join(target, "repo"), "utf8")).toBe('opam-version: "2.0"\n');
  expect(readFileSync(join(target, "packages/a/a.1.0/opam"), "utf8")).toBe("text");
  expect([...readFileSync(join(target, "packages/a/a.1.0/files/sub/data"))]).toEqual([...bytes]);
  expect(readdirSync(join(folder, "deep"))).toEqual(["repository"]);
});

test("says what it would write", () => {
  const plan = repositoryPlan(opamRepository("r", [packageNamed("a")]), "/srv/r");
  expect(describePlan(plan, { cwd: "/" })).toBe(
    "do      write the opam repository r: 1 packages in /srv/r",
  );
});
