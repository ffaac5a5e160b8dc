// Joins the modules of the command into one file, and those of its thread into another. They are
// CommonJS: Node.js takes longer to load even one ECMAScript module than most questions to be answered.
import { rmSync } from "node:fs";
import { rolldown } from "rolldown";

const dir = "dist/bundle";
rmSync(new URL(dir, import.meta.url), { recursive: true, force: true });
for (const input of ["dist/cli/main.js", "dist/repository/reader-worker.js"]) {
  const bundle = await rolldown({
    input,
    platform: "node",
    cwd: import.meta.dirname,
    logLevel: "warn",
  });
  await bundle.write({
    dir,
    format: "cjs",
    entryFileNames: "[name].cjs",
    chunkFileNames: "[name].cjs",
  });
  await bundle.close();
}
