import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { beforeEach, expect, test } from "vitest";
import {
  copyOfExample,
  mirage,
  mirageOk,
  repository,
  run,
  temporaryFolder,
  userEnv,
} from "./support/mirage.js";
import { onTerminal } from "./support/terminal.js";

const command = [process.execPath, join(repository, "apps/mirage/bin/mirage.js")];
const csi = "\x1b[";

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
  writeFileSync(join(folder, "bad.conf"), "main-noip: A.main\nip-adress: 10.0.0.2\n");
});

/** The environment of a user with a terminal that has colours. */
function terminalEnv(): NodeJS.ProcessEnv {
  const { NO_COLOR, FORCE_COLOR, ...rest } = userEnv();
  return { ...rest, TERM: "xterm-256color" };
}

test.each([[["help"]], [["help", "run"]], [["help", "configure"]]])(
  "%j fits a narrow terminal",
  async (args) => {
    const options = { cwd: folder, env: terminalEnv(), columns: 50 };
    const shown = stripVTControlCharacters(await onTerminal([...command, ...args], options));
    const lines = shown.split("\r\n");
    expect(lines.filter((line) => line.length > 50)).toEqual([]);
    expect(lines.length).toBeGreaterThan(10);
  },
);

test("errors have colours on a terminal, but not with NO_COLOR, on a dumb one, or in a pipe", async () => {
  const check = [...command, "check"];
  const env = terminalEnv();
  const at = (more: NodeJS.ProcessEnv) =>
    onTerminal(check, { cwd: folder, env: { ...env, ...more } });
  expect(await at({})).toContain(csi);
  expect(await at({ NO_COLOR: "1" })).not.toContain(csi);
  expect(await at({ TERM: "dumb" })).not.toContain(csi);
  const [node = "", ...args] = check;
  const piped = await run(node, args, { cwd: folder, env });
  expect(piped.stderr).toContain("ip-address");
  expect(piped.stderr).not.toContain(csi);
});

test("a reader that has seen enough is no error", async () => {
  const line = `${command.map((word) => `'${word}'`).join(" ")} help | head -n 1; echo "\${PIPESTATUS[0]}"`;
  const { stdout, stderr } = await run("bash", ["-c", line], { cwd: folder, env: userEnv() });
  expect(stdout).toMatch(/^Usage: .*\n0\n$/);
  expect(stderr).toBe("");
});

test("--dry-run --json is the plan as JSON, and nothing else, on stdout", async () => {
  const app = copyOfExample("hello");
  const plan = async (...args: string[]) =>
    JSON.parse((await mirageOk([...args, "--dry-run", "--json"], app)).stdout);
  const writes = expect.objectContaining({ kind: "write", path: join(app, "main.ml") });
  expect(await plan("configure", "--no-install")).toEqual(expect.arrayContaining([writes]));
  await mirageOk(["configure", "--no-install"], app);
  expect(await plan("build")).toEqual([expect.objectContaining({ command: "make" })]);
  expect(await plan("clean")).toContainEqual({ kind: "remove", path: join(app, "main.ml") });
  const [lock] = await plan("lock");
  expect(lock).toMatchObject({ kind: "write", path: join(app, "hello.opam.locked") });
  const init = await plan("init", "hello", "--directory", join(folder, "new"));
  expect(init).toContainEqual(expect.objectContaining({ kind: "write" }));
});

test("what a command cannot do ends with the code that docs/cli.md lists", async () => {
  expect((await mirage(["check"], folder)).code).toBe(1);
  expect((await mirage(["check", "--no-such-option"], folder)).code).toBe(2);
  expect((await mirage(["help", "check"], folder)).code).toBe(0);
});
