// npm run e2e:js: programs of --js in Node.js and in Chromium. --quick: www alone.
import { ensureAptPackages, productPackages, testPackages } from "./apt.mjs";
import { report } from "./report.mjs";
import {
  ensureBuilt,
  ensureDependencies,
  ensurePnpm,
  root,
  run,
  workspaceEnv,
} from "./workspace.mjs";

const filters = process.argv.includes("--quick") ? ["quick"] : [];

await report(async () => {
  ensureAptPackages([...productPackages, ...testPackages, "chromium"]);
  ensurePnpm();
  ensureDependencies();
  ensureBuilt();
  run("vitest", ["run", "--config", "js/vitest.config.ts", ...filters], {
    cwd: `${root}/e2e`,
    env: workspaceEnv(),
  });
});
