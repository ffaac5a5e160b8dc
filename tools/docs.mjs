// npm run docs: the documentation site; fails for links that lead nowhere.
import { docsPackages, ensureAptPackages, productPackages } from "./apt.mjs";
import { report } from "./report.mjs";
import { ensureDependencies, ensurePnpm, run } from "./workspace.mjs";

await report(async () => {
  ensureAptPackages([...productPackages, ...docsPackages]);
  ensurePnpm();
  ensureDependencies();
  run("nx", ["run", "@mirage/docs:site", "--outputStyle=stream"]);
});
