import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { opamSwitches, readOpamRoot } from "./opam-root.js";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "opam-root-"));
  mkdirSync(join(root, "repo/default"), { recursive: true });
  mkdirSync(join(root, "5.3/.opam-switch/overlay/mine"), { recursive: true });
  write(
    "config",
    `opam-version: "2.0"
repositories: ["default"]
installed-switches: ["5.3" "other"]
switch: "5.3"
global-variables: [
  [sys-ocaml-version "4.13.1" "the system's compiler"]
  [os-family "say \\"debian\\"" "of the distribution"]
  [lazy true "a flag"]
]
`,
  );
  write(
    "5.3/.opam-switch/switch-config",
    `opam-version: "2.0"
invariant: ["ocaml" {= "5.3.0" & "opam-version" != ""}]
variables {
  user: "root"
  preinstalled: true
}
`,
  );
  write(
    "5.3/.opam-switch/switch-state",
    `opam-version: "2.0"
roots: ["ocaml.5.3.0"]
installed: ["ocaml.5.3.0" "mine.~dev"]
pinned: ["mine.~dev"]
`,
  );
  write("5.3/.opam-switch/overlay/mine/opam", 'opam-version: "2.0"\n');
  write("5.3/.opam-switch/reinstall", "mine ~dev\n");
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  writeFileSync(join(root, path), text);
}

test("what opam's files say of a root and its switch", () => {
  expect(opamSwitches(root)).toEqual(["5.3", "other"]);
  const { sources, switchName, state, variables } = readOpamRoot(root);
  expect(sources).toEqual([{ kind: "folder", path: join(root, "repo/default") }]);
  expect(switchName).toBe("5.3");
  expect(variables).toEqual({
    "sys-ocaml-version": "4.13.1",
    "os-family": 'say "debian"',
    lazy: "true",
    switch: "5.3",
    user: "root",
    preinstalled: "true",
  });
  const mine = { name: "mine", version: "~dev" };
  expect(state).toMatchObject({
    installed: [{ name: "ocaml", version: "5.3.0" }, mine],
    roots: [{ name: "ocaml", version: "5.3.0" }],
    compiler: [],
    pins: [{ ...mine, opam: 'opam-version: "2.0"\n' }],
    invariant: '["ocaml" {= "5.3.0" & "opam-version" != ""}]',
    reinstall: ["mine"],
  });
});

test("what isn't there, and what is damaged", () => {
  expect(() => readOpamRoot(root, "other")).toThrow(
    expect.objectContaining({
      code: "ERR_MIRAGE_OPAM_SWITCH",
      hint: "its switches are 5.3, other",
    }),
  );
  write("5.3/.opam-switch/switch-state", 'installed: ["ocaml.5.3.0"\nroots: []\n');
  expect(() => readOpamRoot(root)).toThrow(
    expect.objectContaining({
      code: "ERR_MIRAGE_OPAM_SYNTAX",
      span: expect.objectContaining({ file: join(root, "5.3/.opam-switch/switch-state") }),
    }),
  );
  rmSync(join(root, "config"));
  expect(() => readOpamRoot(root)).toThrow(`${root} is not an opam root`);
});
