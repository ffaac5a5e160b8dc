// npm run e2e:js: programs of --js in Node.js and in Chromium. --quick: www alone.
import { testPackages } from "./apt.mjs";
import { runSuite } from "./e2e-suite.mjs";
import { report } from "./report.mjs";

const filters = process.argv.includes("--quick") ? ["quick"] : [];

await report(async () => runSuite("js", [...testPackages, "chromium"], filters));
