// Joins the modules of the command into few files, and those of its thread into others. They are
// CommonJS: Node.js takes longer to load even one ECMAScript module than most questions to be answered.
import { copyFileSync, rmSync } from "node:fs";
import { rolldown } from "rolldown";

/** What every question needs. */
const COMMON =
  /dist\/(store|universe|resolve|solver|cli\/output|repository\/(cache-folder|folder|package-path|source)|mirage-error|system-error)/;

rmSync(new URL("dist/bundle", import.meta.url), { recursive: true, force: true });
for (const [input, common] of [
  ["dist/cli/main.js", COMMON],
  ["dist/repository/read-worker.js", /[.]js$/],
]) {
  const name = input.replace(/.*\/|\.js$/g, "");
  const bundle = await rolldown({
    input,
    platform: "node",
    cwd: import.meta.dirname,
    logLevel: "warn",
  });
  await bundle.write({
    dir: "dist/bundle",
    format: "cjs",
    entryFileNames: "[name].cjs",
    chunkFileNames: `${name}-[name].cjs`,
    codeSplitting: { groups: [{ name: "common", test: common }] },
  });
  await bundle.close();
}
// What is joined from elsewhere brings its licence along.
const from = new URL("node_modules/zstddec/LICENSE", import.meta.url);
copyFileSync(from, new URL("dist/bundle/zstddec.LICENSE", import.meta.url));
