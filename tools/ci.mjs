// The static half of CI: install, build, types, lint, layers, the reference of commands, the guides, the
// extension of VS Code.
import { ensureAptPackages, productPackages, testPackages } from "./apt.mjs";
import { report } from "./report.mjs";
import { ensureBuilt, ensureDependencies, ensurePnpm, run, runTargets } from "./workspace.mjs";

await report(async () => {
  ensureAptPackages([...productPackages, ...testPackages]);
  ensurePnpm();
  ensureDependencies();
  ensureBuilt();
  run("nx", ["sync:check"]);
  runTargets([
    "typecheck",
    "lint",
    "layers",
    "manifests",
    "changesets",
    "cli-reference",
    "error-reference",
    "guides",
    "vsix",
  ]);
});
