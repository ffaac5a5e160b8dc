import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MirageError } from "@mirage/diagnostics";
import { Libraries } from "@mirage/findlib";
import { targets } from "@mirage/types";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkLibraries } from "./check-libraries.js";
import { parse } from "./testing/golden.js";

const [direct, , xen] = targets;

/** As in Debian 12. */
const metas: Readonly<Record<string, string>> = {
  unix: "",
  threads: `requires(mt,mt_posix) = "threads.posix"
package "posix" ( requires = "unix" )`,
  bigarray: 'requires = "unix"',
  sexplib0: "",
  parsexp: 'requires = "sexplib0"',
  sexplib: 'requires = "bigarray parsexp sexplib0"',
  lwt: `requires = "bytes"
package "unix" ( requires = "bigarray lwt threads unix" )`,
  fmt: 'package "tty" ( requires = "fmt unix" )',
  cstruct: "",
  "cstruct-sexp": 'requires = "sexplib cstruct"',
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mirage-libraries-"));
  for (const [name, text] of Object.entries(metas)) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "META"), text);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

async function problems(depends: string, target: (typeof targets)[number] = xen) {
  const configuration = parse(`main-noip: Hello.main\ndepends: ${depends}`);
  try {
    await checkLibraries(configuration, target, async () => new Libraries([folder]));
    return [];
  } catch (error) {
    if (error instanceof MirageError) return error.toDiagnostics();
    throw error;
  }
}

test("libraries that need Unix are named at their place, with the chain and what to use instead", async () => {
  expect(await problems("lwt, fmt.tty, cstruct-sexp, lwt.unix")).toMatchObject([
    {
      code: "ERR_MIRAGE_TARGET_LIBRARY",
      message: "`fmt.tty` cannot be in a kernel for Xen: it needs `unix` (fmt.tty → unix)",
      hint: "use `fmt`, if it is enough, or build it with --unix",
      span: { start: { line: 2, column: 15 } },
    },
    {
      message:
        "`cstruct-sexp` cannot be in a kernel for Xen: it needs `unix` (cstruct-sexp → sexplib → bigarray → unix)",
      span: { start: { line: 2, column: 24 } },
    },
    {
      message: "`lwt.unix` cannot be in a kernel for Xen: it needs `unix` (lwt.unix → unix)",
      hint: "use `lwt`, and `OS.Time.sleep` in the place of `Lwt_unix.sleep`",
    },
  ]);
});

test("a library that is forbidden itself", async () => {
  expect(await problems("threads")).toMatchObject([
    { message: "`threads` cannot be in a kernel for Xen", hint: expect.stringContaining("Lwt") },
  ]);
});

test("libraries that are fine, or not installed yet, and targets that run on Unix", async () => {
  expect(await problems("cstruct, parsexp, not-yet, sexplib.syntax")).toEqual([]);
  expect(await problems("lwt.unix, threads", direct)).toEqual([]);
});
