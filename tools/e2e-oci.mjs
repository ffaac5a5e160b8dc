// npm run e2e:oci: container images, read by skopeo and umoci, run by crun, pushed to docker-registry. As root.
import { testPackages } from "./apt.mjs";
import { runSuite } from "./e2e-suite.mjs";
import { report } from "./report.mjs";

const ociPackages = ["crun", "docker-registry", "file", "skopeo", "umoci"];

await report(async () => runSuite("oci", [...testPackages, ...ociPackages]));
