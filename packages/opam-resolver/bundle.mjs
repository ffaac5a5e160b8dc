// Joins the modules of the command into a few files: loading forty of them takes longer than most
// questions do to answer.
import { rolldown } from "rolldown";

const bundle = await rolldown({
  input: "dist/cli/main.js",
  platform: "node",
  external: ["fzstd"],
  cwd: import.meta.dirname,
  logLevel: "warn",
});
await bundle.write({ dir: "dist/bundle", format: "esm", cleanDir: true });
await bundle.close();
