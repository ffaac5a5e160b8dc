// Joins the modules of the command into a few files: loading forty of them takes longer than most
// questions do to answer.
import { rmSync } from "node:fs";
import { rolldown } from "rolldown";

const bundle = await rolldown({
  input: ["dist/cli/main.js", "dist/repository/reader-worker.js"],
  platform: "node",
  external: ["fzstd"],
  cwd: import.meta.dirname,
  logLevel: "warn",
});
rmSync(new URL("dist/bundle", import.meta.url), { recursive: true, force: true });
await bundle.write({ dir: "dist/bundle", format: "esm" });
await bundle.close();
