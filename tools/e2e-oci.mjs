// npm run e2e:oci: container images, read by skopeo and umoci, run by crun, pushed to docker-registry. As root.
import { ensureAptPackages, productPackages, testPackages } from "./apt.mjs";
import { report } from "./report.mjs";
import { ensureDependencies, ensurePnpm, root, run } from "./workspace.mjs";

await report(async () => {
  ensureAptPackages([
    ...[...productPackages, ...testPackages],
    ...["crun", "docker-registry", "file", "skopeo", "umoci"],
  ]);
  ensurePnpm();
  ensureDependencies();
  run("vitest", ["run", "--config", "oci/vitest.config.ts"], { cwd: `${root}/e2e` });
});
