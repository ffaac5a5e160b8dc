import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readEnvironment } from "./environment.js";

function fileOf(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "mirage-env-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "env"), text);
  return join(folder, "env");
}

test("the command line counts more than the file", async () => {
  const envFile = fileOf("# what it is told\nA=1\r\n\nB=x=y z\n");
  expect(await readEnvironment({ envFile, env: ["A=2", "C="] })).toEqual({
    A: "2",
    B: "x=y z",
    C: "",
  });
});

test("a name alone passes this process's value on", async () => {
  process.env.MIRAGE_LAUNCH_TEST = "here";
  onTestFinished(() => void delete process.env.MIRAGE_LAUNCH_TEST);
  expect(await readEnvironment({ env: ["MIRAGE_LAUNCH_TEST"] })).toEqual({
    MIRAGE_LAUNCH_TEST: "here",
  });
});

test("all mistakes are told at once, without a value", async () => {
  const envFile = fileOf("A=1\nsecret value\n");
  const error = await readEnvironment({
    envFile,
    env: ["MIRAGE_SANDBOX=", "NOT_THERE_AT_ALL"],
  }).catch((reason) => reason);
  expect(error).toMatchObject({ code: "ERR_MIRAGE_RUN_ENV", exitCode: 2 });
  const { details } = error as { details: { message: string }[] };
  expect(details.map(({ message }) => message)).toEqual([
    `${envFile}:2: a variable's name is missing, or is none`,
    "--env: MIRAGE_SANDBOX is for mirage itself",
    "--env: there is no variable NOT_THERE_AT_ALL here to pass on",
  ]);
});
