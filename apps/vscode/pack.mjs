// node pack.mjs FILE: the extension as VS Code installs it, with all that it needs in one script.
import { copyFileSync } from "node:fs";
import { createVSIX } from "@vscode/vsce";
import { rolldown } from "rolldown";

const packagePath = process.argv[2];
const cwd = import.meta.dirname;

const bundle = await rolldown({
  input: `${cwd}/src/extension.ts`,
  external: ["vscode"],
  platform: "node",
});
await bundle.write({ file: `${cwd}/dist/extension.cjs`, format: "cjs", minify: true });
copyFileSync(`${cwd}/../../LICENSE`, `${cwd}/LICENSE`);
await createVSIX({ cwd, packagePath, dependencies: false });
