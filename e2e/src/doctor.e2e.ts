import { chmodSync, existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { mirage, mirageOk, repository, run, temporaryFolder, userEnv } from "./support/mirage.js";

const bin = join(repository, "apps/mirage/bin/mirage.js");

/** A PATH on which some programs are missing. */
let path: string;
/** What the stand-in for apt-get was asked for, which installs dune and nothing else. */
let log: string;
beforeEach(() => {
  path = temporaryFolder();
  log = join(path, "apt.log");
  for (const program of ["opam", "ocamlopt", "ocamlfind", "gcc", "make", "setpriv", "unshare"]) {
    symlinkSync(join("/usr/bin", program), join(path, program));
  }
  for (const program of ["sh", "ln", "true", "dpkg-query", "apt-cache"]) {
    symlinkSync(join("/usr/bin", program), join(path, program));
  }
  script(
    "apt-get",
    `echo "$@" >>${log}; case "$*" in *ocaml-dune*) ln -s /usr/bin/dune ${path};; esac`,
  );
  script("sudo", 'exec "$@"');
});

function script(name: string, text: string): void {
  writeFileSync(join(path, name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(path, name), 0o755);
}

function doctor(...options: string[]) {
  return run(process.execPath, [bin, "doctor", "--socket", ...options], {
    cwd: path,
    env: { ...userEnv(), PATH: path },
  });
}

test("here, where the tests run, nothing is missing for --unix", async () => {
  const { stdout, stderr } = await mirageOk(["doctor", "--unix"], path);
  expect(stdout).toMatch(/✓ opam +\d/);
  expect(stderr).toContain("nothing is missing for --unix");
});

test("what is missing is said with the command that brings it, as text and as data", async () => {
  const { code, stdout } = await doctor();
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /✗ dune +not installed; needed to build\n +\$ (sudo )?apt-get install .*ocaml-dune\n/,
  );
  const { groups, target } = JSON.parse((await doctor("--json")).stdout);
  expect(target).toBe("--socket");
  expect(groups[0].findings).toContainEqual({
    name: "dune",
    state: "missing",
    detail: "not installed; needed to build",
    fix: { kind: "packages", names: ["ocaml-dune"] },
  });
  expect(existsSync(log)).toBe(false);
});

test("--fix runs nothing without consent, and fixes with it", async () => {
  const refused = await doctor("--fix");
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("--yes") });
  expect((await doctor("--fix", "--dry-run")).stdout).toMatch(/apt-get install .*ocaml-dune/);
  expect(existsSync(log)).toBe(false);
  const fixed = await doctor("--fix", "--yes");
  expect(fixed).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("nothing is missing for --socket"),
  });
  expect(readFileSync(log, "utf8")).toBe("update\ninstall -y --no-install-recommends ocaml-dune\n");
});

test("a fix that fails is an error that names the command", async () => {
  script("apt-get", "exit 100");
  const failed = await doctor("--fix", "--yes");
  expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining("apt-get update") });
});

test("another target has other needs", async () => {
  const { stderr } = await mirage(["doctor", "--xen"], path);
  expect(stderr).toMatch(/missing for --xen/);
});
