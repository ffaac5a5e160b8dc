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
const [javascript = xen] = targets.filter(({ name }) => name === "javascript");

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
  "mirage-crypto": 'archive(byte) = "mirage_crypto.cma"',
  x509: 'requires = "mirage-crypto" archive(byte) = "x509.cma"',
  bigstringaf: 'archive(byte) = "bigstringaf.cma" jsoo_runtime = "runtime.js"',
  zarith: 'archive(byte) = "zarith.cma"',
  zarith_stubs_js: 'requires = "zarith" jsoo_runtime = "runtime.js"',
};

/** A bytecode archive with these strings in its table of contents. */
function archive(...strings: string[]): Buffer {
  const code = "\x25-lcode";
  const head = Buffer.alloc(4);
  head.writeUInt32BE(16 + code.length);
  const table = strings.map((text) => {
    const length = String.fromCharCode(text.length < 32 ? 32 + text.length : text.length);
    return `${text.length < 32 ? "" : "\t"}${length}${text}`;
  });
  return Buffer.concat([Buffer.from("Caml1999A030"), head, Buffer.from(code + table.join(""))]);
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mirage-libraries-"));
  for (const [name, text] of Object.entries(metas)) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "META"), text);
  }
  for (const [path, ...strings] of [
    ["mirage-crypto/mirage_crypto", "-lmirage_crypto_stubs"],
    ["x509/x509", "x509-lwt"],
    ["bigstringaf/bigstringaf", "-lbigstringaf_stubs"],
    ["zarith/zarith", `-lzarith_${"with_a_long_name_".repeat(3)}`],
  ] as const) {
    writeFileSync(join(folder, `${path}.cma`), archive(...strings));
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

test("in JavaScript, C without a twin is refused with the chain that brings it", async () => {
  expect(await problems("x509, bigstringaf, mirage-crypto, lwt.unix", javascript)).toMatchObject([
    {
      code: "ERR_MIRAGE_TARGET_LIBRARY",
      message:
        "`x509` cannot be in a JavaScript module: `mirage-crypto` is C in part, without a twin in JavaScript (x509 → mirage-crypto)",
      hint: "use a library that does without, or build it with --unix",
      span: { start: { line: 2, column: 10 } },
    },
    {
      message:
        "`mirage-crypto` cannot be in a JavaScript module: it is C in part, without a twin in JavaScript",
    },
    { message: expect.stringContaining("it needs `unix` (lwt.unix → unix)") },
  ]);
  expect(await problems("x509", xen)).toEqual([]);
});

test("the twin of a library's C may be a library beside it", async () => {
  expect(await problems("zarith", javascript)).toHaveLength(1);
  expect(await problems("zarith, zarith_stubs_js", javascript)).toEqual([]);
});
