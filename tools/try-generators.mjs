// Makes one of each in a copy of the commit that is checked out, and runs the checks that these reach.
// --quick: without compiling OCaml.
import { report } from "./report.mjs";
import { isCheckout, scratchCopy } from "./scratch-copy.mjs";
import { runQuietly } from "./workspace.mjs";

const isQuick = process.argv.includes("--quick");

const commands = [
  ["package", "sundial", "--scope=base", "--layer=2", "--description=what the sun says"],
  ["key", "sundial-shade", "--max=9", "--description=minutes of shade"],
  ["device", "sundial", "--description=the time by the sun"],
  ["target", "unix-sundial", "--description=a Unix process in the sun"],
];

await report(async () => {
  if (!isCheckout) {
    console.error("This is no checkout of git: no generator is tried.");
    return;
  }
  const options = scratchCopy();
  const step = (title, command, ...args) => {
    console.error(title);
    runQuietly(title, command, args, options);
  };
  for (const [generator, ...args] of commands) {
    step(`nx generate ${generator}`, "nx", "generate", `@mirage/tools:${generator}`, ...args);
  }
  step("expected files", "nx", "run", "@mirage/codegen:test", "--", "generate", "-u");
  step("pnpm docs:cli", "node", "tools/cli-reference.mjs");
  const quick = ["sundial", "conf", "types", "tools"];
  const reached = isQuick ? quick : [...quick, "codegen", "runtime-unix", "runtime-kernel"];
  const targets = ["test", "typecheck", "layers", "manifests", "lint", "cli-reference"];
  if (!isQuick) targets.push("test-ocaml", "build-ocaml");
  const projects = reached.map((name) => `@mirage/${name}`).join(",");
  step("their checks", "nx", "run-many", "-t", ...targets, "-p", projects, "--parallel=2");
});
