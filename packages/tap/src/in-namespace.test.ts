import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

// Runs the *.netns.test.ts files in a network and mount namespace of their own, as root or through a
// user namespace, and shows each of their tests here.

interface Results {
  testResults: {
    name: string;
    message: string;
    assertionResults: { fullName: string; status: string; failureMessages: string[] }[];
  }[];
}

const unshare = [
  ["--net", "--mount"],
  ["--user", "--map-root-user", "--net", "--mount"],
].find((flags) => spawnSync("unshare", [...flags, "true"]).status === 0);

if (unshare === undefined) {
  test.skip("needs root, or a kernel that allows user namespaces (unshare -Urn)", () => {});
} else if (!canOpenDriver()) {
  test.skip("needs read and write access to /dev/net/tun", () => {});
} else {
  for (const { name, message, assertionResults } of runInNamespace(unshare).testResults) {
    const file = name.slice(name.lastIndexOf("/") + 1);
    if (assertionResults.length === 0) test(file, () => expect.fail(message));
    for (const { fullName, status, failureMessages } of assertionResults) {
      const show = status === "passed" || status === "failed" ? test : test.skip;
      show(`${file}: ${fullName}`, () => expect(failureMessages.join("\n")).toBe(""));
    }
  }
}

function canOpenDriver(): boolean {
  try {
    accessSync("/dev/net/tun", constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function runInNamespace(flags: readonly string[]): Results {
  const folder = mkdtempSync(join(tmpdir(), "mirage-tap-test-"));
  try {
    const output = join(folder, "results.json");
    const vitest = join(
      dirname(createRequire(import.meta.url).resolve("vitest/package.json")),
      "vitest.mjs",
    );
    const command = [process.execPath, vitest, "run", "--reporter=json", `--outputFile=${output}`];
    const run = spawnSync("unshare", [...flags, ...command], {
      cwd: fileURLToPath(new URL("..", import.meta.url)),
      env: { ...process.env, MIRAGE_TEST_IN_NAMESPACE: "1" },
      encoding: "utf8",
    });
    if (!existsSync(output)) throw new Error(`vitest in the namespace failed:\n${run.stderr}`);
    return JSON.parse(readFileSync(output, "utf8")) as Results;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
