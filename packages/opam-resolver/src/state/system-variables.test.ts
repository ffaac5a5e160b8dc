import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { systemVariables } from "./system-variables.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mirage-ocaml-"));
  vi.stubEnv("PATH", `${folder}/bin${delimiter}${process.env.PATH}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** Puts a compiler of a version in place, which counts how often it is asked. */
function install(version: string): void {
  mkdirSync(join(folder, "bin"), { recursive: true });
  const path = join(folder, "bin/ocamlc");
  rmSync(path, { force: true });
  const script = `#!/bin/sh
echo asked >> ${folder}/asked
echo "version: ${version}"
echo "architecture: amd64"
echo "ccomp_type: cc"
`;
  writeFileSync(path, script, { mode: 0o755 });
}

const timesAsked = (): number => readFileSync(join(folder, "asked"), "utf8").split("\n").length - 1;

function version(cacheFolder: string | false): unknown {
  const variables = systemVariables({ cacheFolder });
  expect(variables("sys-ocaml-arch")).toBe("x86_64");
  return variables("sys-ocaml-version");
}

test("the system's compiler is asked once, until it is another one", () => {
  const cache = join(folder, "cache/of/indexes");
  install("4.14.1");
  expect(version(cache)).toBe("4.14.1");
  expect(version(cache)).toBe("4.14.1");
  expect(timesAsked()).toBe(1);
  install("5.10.0");
  expect(version(cache)).toBe("5.10.0");
  expect(timesAsked()).toBe(2);
  writeFileSync(join(cache, "ocamlc.json"), "{");
  expect(version(cache)).toBe("5.10.0");
  expect(version(false)).toBe("5.10.0");
  expect(timesAsked()).toBe(4);
});

test("what is not there", () => {
  vi.stubEnv("PATH", folder);
  const variables = systemVariables({ cacheFolder: false });
  expect(variables("sys-ocaml-version")).toBeUndefined();
  expect(variables("os")).toBe("linux");
  expect(variables("nonsense")).toBeUndefined();
});
