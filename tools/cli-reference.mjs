// Writes what follows from the commands: docs/cli.md, and the manual's files in apps/mirage/package.json.
// --check says whether they are as they should be.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { report } from "./report.mjs";
import { ensureBuilt, root } from "./workspace.mjs";

await report(async () => {
  ensureBuilt();
  const load = (file) => import(pathToFileURL(join(root, "apps/mirage/dist", file)).href);
  const { describeCommands, toManual, toMarkdown } = await load("manual/index.js");
  const { createProgram, listCompletion } = await load("program.js");
  const program = createProgram();
  listCompletion(program);
  const commands = describeCommands(program);

  const manifestFile = "apps/mirage/package.json";
  const manifest = JSON.parse(readFileSync(join(root, manifestFile), "utf8"));
  manifest.man = toManual(commands, manifest.version).map(({ file }) => `./dist/man/${file}`);
  update("docs/cli.md", toMarkdown(commands));
  update(manifestFile, `${JSON.stringify(manifest, undefined, 2)}\n`);
});

function update(name, text) {
  const file = join(root, name);
  if (!process.argv.includes("--check")) writeFileSync(file, text);
  else if (readFileSync(file, "utf8") !== text) {
    throw new Error(`${name} is not what the commands say: run \`pnpm docs:cli\``);
  }
}
