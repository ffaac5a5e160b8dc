import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { copyOfExample, mirage, mirageOk, repository, userEnv } from "./support/mirage.js";
import { onTerminal } from "./support/terminal.js";

const command = [process.execPath, join(repository, "apps/mirage/bin/mirage.js")];

let app: string;
beforeAll(async () => {
  app = copyOfExample("hello", afterAll);
  await mirageOk(["configure"], app);
});

function built(...flags: string[]): Promise<string> {
  const env = { ...userEnv(), TERM: "xterm-256color" };
  return onTerminal([...command, "build", ...flags], { cwd: app, env });
}

test("on a terminal a build is one line, redrawn in place", async () => {
  const shown = await built();
  expect(shown).toContain("\x1b[2K"); // erases the line
  const text = stripVTControlCharacters(shown);
  expect(text).toMatch(/⠋ compiling hello {2}0 s/);
  expect(text).toMatch(/✓ compiling hello {2}\d+ s\r\n/);
  expect(text).toMatch(/mir-hello is ready: `mirage run` starts it\r\n$/);
  expect(shown).toContain("\x1b[?25h"); // shows the cursor again
});

test("--verbose is a line for each step, on a terminal too", async () => {
  const shown = await built("--verbose");
  expect(shown).toBe("compiling hello\r\nmir-hello is ready: `mirage run` starts it\r\n");
});

test("elsewhere progress is plain lines", async () => {
  const { stdout, stderr } = await mirageOk(["build"], app);
  expect(stdout).toBe("");
  expect(stderr).toBe("compiling hello\nmir-hello is ready: `mirage run` starts it\n");
});

test("--quiet says nothing of a build that succeeds, and everything of one that does not", async () => {
  expect(await built("--quiet")).toBe("");
  appendFileSync(join(app, "hello.ml"), "\nlet broken : int = true\n");
  expect(stripVTControlCharacters(await built("--quiet"))).toMatch(
    /File "hello.ml".*int.*error: hello was not built/s,
  );
  const text = stripVTControlCharacters(await built());
  expect(text).toMatch(/✗ compiling hello {2}\d+ s/);
  expect((await mirage(["build"], app)).code).toBe(1);
});
