import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root, runQuietly } from "../workspace.mjs";

const packages = join(root, "packages");

/** Builds the tests of an OCaml package; the program's path. */
export function buildTest(name) {
  const program = `${name}/test/test_${name.replaceAll("-", "_")}.exe`;
  runQuietly("dune build", "dune", ["build", "--root", packages, `./${program}`]);
  return join(packages, "_build/default", program);
}

/** Runs one suite; when it fails, shows what it says, and throws the variables to see it again. */
export function runTest(program, suite, variables) {
  const env = { ...process.env, ...variables };
  const { status, stdout, stderr } = spawnSync(program, ["test", suite], { env, encoding: "utf8" });
  if (status === 0) return;
  console.log(stdout + stderr);
  const words = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  throw new Error(`fuzz: ${suite} fails with ${words.join(" ")}`);
}
