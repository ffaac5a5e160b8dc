import { open } from "node:fs/promises";
import { neededBy } from "./chain.js";
import type { Libraries, Library } from "./libraries.js";

/**
 * Which libraries of a program, given by those that it names, consist of C in part and lack the same in
 * JavaScript: neither `jsoo_runtime` in their META file, as dune reads it, nor a library `NAME_stubs_js`
 * in the program. Those of the compiler itself are js_of_ocaml's own matter. Libraries that are not
 * installed lack nothing.
 */
export async function withoutJavaScript(
  libraries: Libraries,
  program: readonly string[],
): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for (const name of program) {
    for (const needed of await neededBy(libraries, name)) names.add(needed);
  }
  const lacking = new Set<string>();
  for (const name of names) {
    const library = await libraries.find(name);
    if (library === undefined || library.jsRuntime.length > 0) continue;
    if (names.has(`${name}_stubs_js`)) continue;
    if (await hasC(library)) lacking.add(name);
  }
  return lacking;
}

async function hasC({ archives }: Library): Promise<boolean> {
  for (const archive of archives) if (await linksC(archive)) return true;
  return false;
}

/**
 * Whether a bytecode archive names libraries in C. Format: `cmo_format.mli` of OCaml: 12 octets of magic
 * number, the position of the table of contents as 32 bits, big-endian; the table, marshalled, has the
 * linker's options (`-lNAME`) among its strings.
 */
async function linksC(archive: string): Promise<boolean> {
  const file = await open(archive).catch(() => undefined);
  if (file === undefined) return false;
  try {
    const { size } = await file.stat();
    const head = Buffer.alloc(16);
    await file.read(head, 0, 16, 0);
    const start = head.readUInt32BE(12);
    if (!head.toString("latin1").startsWith("Caml1999A") || start > size) return false;
    const table = Buffer.alloc(size - start);
    await file.read(table, 0, table.length, start);
    return hasLinkerOption(table);
  } finally {
    await file.close();
  }
}

/**
 * Whether a string in marshalled data is `-lNAME`. Format: `intext.h` of OCaml: strings of less than 32
 * octets have 32 more than their length before them, longer ones 9 and their length.
 */
function hasLinkerOption(data: Buffer): boolean {
  for (let at = data.indexOf("-l", 1); at > 0; at = data.indexOf("-l", at + 1)) {
    const before = data[at - 1] ?? 0;
    const isSmall = before >= 0x20 && before < 0x40;
    if (!isSmall && data[at - 2] !== 0x09) continue;
    const length = isSmall ? before - 0x20 : before;
    const text = data.toString("latin1", at, at + length);
    if (text.length === length && /^-l[\w.+-]+$/.test(text)) return true;
  }
  return false;
}
