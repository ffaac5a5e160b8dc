import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { temporaryFolder } from "../../src/support/mirage.js";
import { arm64Root } from "./addon/arm64.js";
import { neededLibraries, symbols } from "./addon/elf.js";
import { clientEnv, runOk } from "./support/client.js";

const host = join(import.meta.dirname, "addon/host.c");
const env = clientEnv(inject("user"), inject("registry"));

/** node's program for an addon: it loads the addon and lists the network interfaces. */
const listing =
  'for (const { name } of require(process.argv[1]).links()) console.log("name: " + name)';

let folder: string;
let headers: string;
let stableSymbols: ReadonlySet<string>;
const addons = new Map<string, string>();

beforeAll(async () => {
  const jobs: (() => void)[] = [];
  folder = temporaryFolder((job) => jobs.push(job));
  await runOk("npm", ["install", "@mirage/tap"], { cwd: folder, env });
  const tap = join(folder, "node_modules/@mirage/tap");
  for (const file of readdirSync(join(tap, "prebuilds"))) {
    if (!file.startsWith("linux-")) continue;
    addons.set(file.replace(/^linux-(\w+)-[0-9a-f]+\.node$/, "$1"), join(tap, "prebuilds", file));
  }
  const nodeApi = createRequire(join(tap, "package.json"))("node-api-headers");
  const { js_native_api_symbols, node_api_symbols } = nodeApi.symbols.v8;
  headers = nodeApi.include_dir;
  stableSymbols = new Set([...js_native_api_symbols, ...node_api_symbols]);
  return () => {
    for (const job of jobs) job();
  };
});

function addonFor(architecture: string): string {
  const addon = addons.get(architecture);
  if (addon === undefined) throw new Error(`@mirage/tap has no addon for ${architecture}`);
  return addon;
}

/** What the addon takes from node's interfaces and those of libuv. */
function takenFromNode(addon: string): string[] {
  return symbols(addon, "taken").filter((name) => /^(?:napi|uv)_/.test(name));
}

/** Compiles `host.c`, with what it lacks of node, by the given words of a C compiler. */
function compileHost(addon: string, compiler: readonly string[], after: readonly string[] = []) {
  const [command = "", ...flags] = compiler;
  const defined = readFileSync(host, "utf8");
  const unused = takenFromNode(addon)
    .filter((name) => !defined.includes(` ${name}(`))
    .map((name) => `void ${name}(void) { __builtin_trap(); }\n`);
  const others = join(folder, "unused.c");
  const output = join(folder, "host");
  writeFileSync(others, unused.join(""));
  const files = ["-rdynamic", "-I", headers, host, others, "-o", output];
  execFileSync(command, [...flags, ...files, ...after]);
  return output;
}

test("there is one for each architecture", () => {
  expect([...addons.keys()].sort()).toEqual(["arm64", "x64"]);
});

const muslOnX64 = "/usr/lib/x86_64-linux-musl/libc.so";

describe("for x64, the addon", () => {
  test("is linked to nothing, and takes only what node and both C libraries have", () => {
    expectOnlyStable(addonFor("x64"), muslOnX64);
  });

  test.runIf(process.arch === "x64")("works in node on glibc", async () => {
    const args = ["-e", listing, addonFor("x64")];
    expect((await runOk(process.execPath, args, { cwd: folder, env })).stdout).toContain(
      "name: lo",
    );
  });

  // Debian has no node on musl: a small program plays its part.
  test.runIf(process.arch === "x64")("works in a program on musl", async () => {
    const program = compileHost(addonFor("x64"), ["musl-gcc"]);
    expect(neededLibraries(program)).toEqual(["libc.so"]);
    const { stdout } = await runOk(program, [addonFor("x64")], { cwd: folder, env });
    expect(stdout).toContain("name: lo");
  });
});

describe("for arm64, the addon", () => {
  let root: string;
  let musl: string;
  beforeAll(() => {
    root = arm64Root();
    musl = join(root, "lib/aarch64-linux-musl/libc.so");
  });

  test("is linked to nothing, and takes only what node and both C libraries have", () => {
    expectOnlyStable(addonFor("arm64"), musl);
  });

  test("works in node on glibc", async () => {
    const args = ["-L", root, join(root, "usr/bin/node"), "-e", listing, addonFor("arm64")];
    expect((await runOk("qemu-aarch64", args, { cwd: folder, env })).stdout).toContain("name: lo");
  });

  test("works in a program on musl", async () => {
    const compiler = "aarch64-linux-gnu-gcc";
    const own = ["-print-file-name=include"];
    const builtin = execFileSync(compiler, own, { encoding: "utf8" }).trim();
    const includes = ["-nostdinc", "-isystem", builtin];
    const flags = ["-isystem", join(root, "usr/include/aarch64-linux-musl"), "-nostdlib"];
    const start = ["-no-pie", "-Wl,-dynamic-linker,/lib/ld-musl-aarch64.so.1"];
    const object = (name: string) => join(root, "usr/lib/aarch64-linux-musl", name);
    const program = compileHost(
      addonFor("arm64"),
      [compiler, ...includes, ...flags, ...start, object("crt1.o"), object("crti.o")],
      ["-L", dirname(musl), "-lc", "-lgcc", object("crtn.o")],
    );
    expect(neededLibraries(program)).toEqual(["libc.so"]);
    const args = ["-L", root, program, addonFor("arm64")];
    expect((await runOk("qemu-aarch64", args, { cwd: folder, env })).stdout).toContain("name: lo");
  });
});

/** libuv's functions of the addon; all are in its stable interface. */
const libuv = ["uv_close", "uv_handle_size", "uv_poll_init", "uv_poll_start", "uv_poll_stop"];

function expectOnlyStable(addon: string, musl: string): void {
  expect(neededLibraries(addon)).toEqual([]);
  const fromNode = takenFromNode(addon);
  const unstable = fromNode.filter((name) => !stableSymbols.has(name));
  expect(unstable.sort()).toEqual(libuv);
  const offered = new Set(symbols(musl, "offered"));
  const rest = symbols(addon, "taken").filter((name) => !fromNode.includes(name));
  expect(rest.filter((name) => !offered.has(name))).toEqual([]);
  expect(rest).toContain("ioctl");
}
