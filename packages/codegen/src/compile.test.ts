import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { type GoldenCase, goldenFolder, readCases } from "./testing/golden.js";
import {
  buildPrograms,
  createWorkspace,
  crunch,
  duneVersion,
  executableOf,
  folderOf,
  make,
  type Outcome,
  type Workspace,
} from "./testing/workspace.js";

const hasDune = duneVersion() !== undefined;
if (!hasDune) console.warn("there is no dune here, so no generated program is compiled");

describe.runIf(hasDune)("generated programs", { timeout: 180_000 }, () => {
  let workspace: Workspace;
  let built: Outcome;

  beforeAll(() => {
    workspace = createWorkspace(readCases());
    for (const { name, target } of workspace.left) {
      console.warn(`${name} for ${target.name} is not compiled: its runtime is not here yet`);
    }
    const crunched = crunch(workspace);
    built = crunched.status === 0 ? buildPrograms(workspace.cases) : crunched;
  }, 600_000);

  test("compile", () => {
    expect(built).toEqual({ status: 0, output: "" });
  });

  test("run, and report when the application starts", () => {
    expect(run("noip")).toEqual({ status: 0, stdout: "hello\n", stderr: "", reports: "ready\n" });
  });

  test("are translated from the syntax of 2013, and find its devices", () => {
    const { status, stdout } = run("of-2013");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^in the background\n4096 bytes, \d+\nhello.txt\n1 .*\n2 .*\n$/s);
  });

  test("have V1 of 1.1.0, whose console ends lines with CR LF", () => {
    expect(run("app-1-1-0")).toMatchObject({ status: 0, stdout: "10.0.0.2\r\n" });
  });

  test("go through the rewriters of `preprocess`", () => {
    expect(run("noip-ppx")).toMatchObject({ status: 0, stdout: "1\n2\n" });
  });

  test("have their functor's modules, with no value to pass", () => {
    expect(run("app-modules")).toMatchObject({ status: 0, stdout: "4096 1\n" });
  });

  test("take arguments, and say what there are", () => {
    const given = run("app-arguments", ["--key=k", "--peers", "10.1.2.3", "--loud"]);
    const values = '15 10.1.2.3 10.0.0.5 90. 67108864 a "title" true k\n';
    expect(given).toMatchObject({ status: 0, stdout: values, stderr: "" });
    expect(run("app-arguments", ["--cash-size=3"])).toMatchObject({
      status: 2,
      stderr: `shop: --cash-size: there is no such argument; did you mean --cache-size?
shop: --key is missing: give it a text, or set ARGUMENT_KEY
`,
    });
    const { status, stdout } = run("app-arguments", ["--help"]);
    expect(status).toBe(0);
    for (const name of ["cache-size", "log-level", "memory-budget"])
      expect(stdout).toContain(`--${name}`);
  });

  test.each([
    ["app-storage", "device disk: images/first disk.img: No such file or directory\n"],
    ["app-networks", "device net: "],
  ])("%s ends with the name of the device that is missing", (name, message) => {
    const { status, stderr, reports } = run(name);
    expect({ status, reports }).toEqual({ status: 2, reports: "" });
    expect(stderr).toContain(message);
  });

  test("are built by the Makefile, anew when a file of a file system has changed", () => {
    const golden = find("noip-fs");
    expect(make(golden)).toMatchObject({ status: 0 });
    const folder = folderOf(golden);
    const listed = () => execFileSync(join(folder, "mir-list-files"), { encoding: "utf8" });
    const page = "<p>page</p>\n";
    const conf = readFileSync(join(goldenFolder, "noip/hello.conf"), "utf8");
    expect(listed()).toBe(`a dot file\n${page}${page}(beside\n(top\n${conf}`);

    writeFileSync(join(folder, "it's {odd} $x", ".dot file"), "other text\n");
    expect(make(golden)).toMatchObject({ status: 0 });
    expect(listed()).toBe(`other text\n${page}${page}(beside\n(top\n${conf}`);
  });

  function find(name: string): GoldenCase {
    const golden = workspace.cases.find((golden) => golden.name === name);
    if (!golden) throw new Error(`${name} was not compiled`);
    return golden;
  }

  function run(name: string, args: readonly string[] = []) {
    const { status, stdout, stderr, output, error } = spawnSync(executableOf(find(name)), args, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe", "pipe"],
      env: { MIRAGE_STATUS_FD: "3" },
      timeout: 10_000,
    });
    if (error) throw error;
    return { status, stdout, stderr, reports: output[3] };
  }
});
