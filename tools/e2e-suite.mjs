// Runs a suite of e2e with vitest.
import { ensureAptPackages, productPackages } from "./apt.mjs";
import { ensureBuilt, ensureDependencies, ensurePnpm, root, run } from "./workspace.mjs";

/**
 * Runs the files of e2e/SUITE whose names contain one of `filters`, or all of them, on a built
 * workspace; `packages` are Debian's that it takes beside the product's.
 */
export function runSuite(suite, packages, filters = []) {
  ensureAptPackages([...productPackages, ...packages]);
  ensurePnpm();
  ensureDependencies();
  ensureBuilt();
  run("vitest", ["run", "--config", `${suite}/vitest.config.ts`, ...filters], {
    cwd: `${root}/e2e`,
  });
}
