import { spawnSync } from "node:child_process";
import { beforeAll, describe, expect, test } from "vitest";
import { readCases } from "./testing/golden.js";
import {
  build,
  createWorkspace,
  crunch,
  duneVersion,
  executableOf,
  type Outcome,
  programOf,
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
    built = crunched.status === 0 ? build(workspace.cases.map(programOf)) : crunched;
  }, 180_000);

  test("compile", () => {
    expect(built).toEqual({ status: 0, output: "" });
  });

  test("run, and report when the application starts", () => {
    expect(run("noip")).toEqual({ status: 0, stdout: "hello\n", stderr: "", reports: "ready\n" });
  });

  test("have their functor's modules, with no value to pass", () => {
    expect(run("app-modules")).toMatchObject({ status: 0, stdout: "4096 1\n" });
  });

  test.each([
    ["app-storage", "device disk: images/first disk.img: No such file or directory\n"],
    ["app-networks", "device net: "],
  ])("%s ends with the name of the device that is missing", (name, message) => {
    const { status, stderr, reports } = run(name);
    expect({ status, reports }).toEqual({ status: 2, reports: "" });
    expect(stderr).toContain(message);
  });

  function run(name: string) {
    const golden = workspace.cases.find((golden) => golden.name === name);
    if (!golden) throw new Error(`${name} was not compiled`);
    const { status, stdout, stderr, output, error } = spawnSync(executableOf(golden), {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe", "pipe"],
      env: { MIRAGE_STATUS_FD: "3" },
      timeout: 10_000,
    });
    if (error) throw error;
    return { status, stdout, stderr, reports: output[3] };
  }
});
