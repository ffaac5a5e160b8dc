import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadAddon } from "./load-addon.js";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mirage-tap-test-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function load({ cache = join(folder, "cache"), compiler = "cc" } = {}) {
  return loadAddon({ prebuilds: join(folder, "none"), cache, compiler });
}

describe("without a prebuilt addon that fits", () => {
  test("one is compiled into the cache", () => {
    expect(load()).toMatchObject({ open: expect.any(Function), links: expect.any(Function) });
    expect(readdirSync(join(folder, "cache"))).toEqual([expect.stringMatching(/^linux-.*\.node$/)]);
  });

  test("one in the cache is not compiled again", () => {
    load();
    expect(() => load({ compiler: "/bin/false" })).not.toThrow();
  });

  test("processes that compile at the same time don't disturb each other", async () => {
    const script = `
      import { compile } from ${JSON.stringify(new URL("../native/compile.mjs", import.meta.url))};
      import { createRequire } from "node:module";
      const [, output] = process.argv;
      compile(output, "cc");
      console.log(typeof createRequire(import.meta.url)(output).open);`;
    const output = join(folder, "addon.node");
    const runs = Array.from({ length: 4 }, () =>
      promisify(execFile)(process.execPath, ["--input-type=module", "-e", script, output]),
    );
    for (const { stdout } of await Promise.all(runs)) expect(stdout).toBe("function\n");
    expect(readdirSync(folder)).toEqual(["addon.node"]);
  });

  test("a missing compiler is an error that says what to install", () => {
    expect(() => load({ compiler: "no-such-compiler" })).toThrow(
      expect.objectContaining({
        code: "ERR_MIRAGE_TAP_NO_COMPILER",
        hint: expect.stringContaining("apt-get install gcc"),
      }),
    );
  });

  test("a compiler that fails is quoted, and leaves nothing", () => {
    const compiler = join(folder, "cc");
    writeFileSync(compiler, "#!/bin/sh\necho stdio.h is missing >&2\nexit 1\n", { mode: 0o755 });
    expect(() => load({ compiler })).toThrow(
      expect.objectContaining({
        code: "ERR_MIRAGE_TAP_COMPILE",
        message: expect.stringContaining("stdio.h is missing"),
      }),
    );
    expect(readdirSync(join(folder, "cache"))).toEqual([]);
  });

  test("a cache that can't be written is named", () => {
    writeFileSync(join(folder, "file"), "");
    expect(() => load({ cache: join(folder, "file") })).toThrow(
      expect.objectContaining({ code: "ERR_MIRAGE_TAP_CACHE" }),
    );
  });

  test("a broken file in the cache is named", () => {
    load({ cache: join(folder, "other") });
    const [name] = readdirSync(join(folder, "other"));
    mkdirSync(join(folder, "cache"));
    writeFileSync(join(folder, "cache", `${name}`), "not an addon");
    expect(() => load()).toThrow(expect.objectContaining({ code: "ERR_MIRAGE_TAP_NATIVE" }));
  });
});
