// npm test: everything. `unit`: the tests beside the sources, the types and the layers. `e2e`.
import { ensureAptPackages, productPackages, testPackages } from "./apt.mjs";
import { quickEc2 } from "./e2e-ec2-parts.mjs";
import { report } from "./report.mjs";
import {
  ensureBuilt,
  ensureDependencies,
  ensurePnpm,
  root,
  run,
  runTargets,
  unitTargets,
} from "./workspace.mjs";

const suites = process.argv.slice(2);
const wanted = suites.length === 0 ? ["unit", "e2e"] : suites;

await report(async () => {
  ensureAptPackages([...productPackages, ...testPackages]);
  ensurePnpm();
  ensureDependencies();
  if (wanted.includes("unit")) {
    runTargets(unitTargets, "--outputStyle=stream");
  }
  if (wanted.includes("e2e")) {
    ensureBuilt();
    run("vitest", ["run"], { cwd: `${root}/e2e` });
    run("vitest", ["run", "--config", "aws/vitest.config.ts", ...quickEc2], { cwd: `${root}/e2e` });
  }
});
