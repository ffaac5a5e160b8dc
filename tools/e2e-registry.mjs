// pnpm e2e:registry: the packages published to a registry of this machine, installed and used as
// their users do.
import { registryTestPackages, releasePackages } from "./apt.mjs";
import { runSuite } from "./e2e-suite.mjs";
import { report } from "./report.mjs";

await report(async () => runSuite("registry", [...releasePackages, ...registryTestPackages]));
