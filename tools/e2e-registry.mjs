// pnpm e2e:registry: the packages published to a registry of this machine, installed and used as
// their users do.
import {
  ensureAptPackages,
  productPackages,
  registryTestPackages,
  releasePackages,
} from "./apt.mjs";
import { report } from "./report.mjs";
import { ensureBuilt, ensureDependencies, ensurePnpm, root, run } from "./workspace.mjs";

await report(async () => {
  ensureAptPackages([...productPackages, ...releasePackages, ...registryTestPackages]);
  ensurePnpm();
  ensureDependencies();
  ensureBuilt();
  run("vitest", ["run", "--config", "registry/vitest.config.ts"], { cwd: `${root}/e2e` });
});
