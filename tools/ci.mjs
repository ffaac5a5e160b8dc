// Install, build, typecheck, lint, layer check and the reference of commands: the static half of CI.
import { ensureAptPackages, productPackages, testPackages } from "./apt.mjs";
import { report } from "./report.mjs";
import { ensureBuilt, ensureDependencies, ensurePnpm, run } from "./workspace.mjs";

await report(async () => {
  ensureAptPackages([...productPackages, ...testPackages]);
  ensurePnpm();
  ensureDependencies();
  ensureBuilt();
  run("nx", ["sync:check"]);
  run("nx", ["run-many", "-t", "typecheck"]);
  run("biome", ["check", "."]);
  run("node", ["tools/layers.mjs"]);
  run("node", ["tools/cli-reference.mjs", "--check"]);
  run("node", ["docs/tools/build.mjs", "--guides"]);
});
