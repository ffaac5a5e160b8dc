import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { rolldown } from "rolldown";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mirage-tap-test-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const source = fileURLToPath(new URL("index.ts", import.meta.url));
const program = `
  import { listDevices } from "@mirage/tap";
  try {
    console.log("devices", listDevices().length);
  } catch (error) {
    console.log(error.code, error.message, error.hint);
  }`;

async function bundle(bundler: string, format: "esm" | "cjs"): Promise<string> {
  const input = join(folder, "program.mjs");
  const output = join(folder, format === "esm" ? "bundle.mjs" : "bundle.cjs");
  writeFileSync(input, program);
  if (bundler === "esbuild") {
    await build({
      entryPoints: [input],
      outfile: output,
      bundle: true,
      platform: "node",
      format,
      conditions: ["@mirage/source"],
      alias: { "@mirage/tap": source },
      logLevel: "silent",
    });
  } else {
    const bundled = await rolldown({
      input,
      platform: "node",
      resolve: { conditionNames: ["@mirage/source"], alias: { "@mirage/tap": source } },
      logLevel: "silent",
    });
    await bundled.write({ file: output, format });
    await bundled.close();
  }
  return output;
}

describe.each(["esbuild", "rolldown"])("in a bundle of %s", (bundler) => {
  test.each(["esm", "cjs"] as const)("as %s, it says to stay outside", async (format) => {
    const output = await bundle(bundler, format);
    const { stdout, stderr } = spawnSync(process.execPath, [output], { encoding: "utf8" });
    expect(stderr).toBe("");
    expect(stdout).toContain("ERR_MIRAGE_TAP_BUNDLED @mirage/tap has to stay outside the bundle");
    expect(stdout).toContain(output);
    expect(stdout).toContain("--external:@mirage/tap");
  });
});
