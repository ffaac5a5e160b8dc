// Writes docs/cli.md from what --help is made of. --check says whether that is as it should be.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { report } from "./report.mjs";
import { ensureBuilt, root } from "./workspace.mjs";

const page = join(root, "docs/cli.md");

await report(async () => {
  ensureBuilt();
  const load = (file) => import(pathToFileURL(join(root, "apps/mirage/dist", file)).href);
  const { describeCommands, toMarkdown } = await load("manual/index.js");
  const { createProgram, listCompletion } = await load("program.js");
  const program = createProgram();
  listCompletion(program);
  const text = toMarkdown(describeCommands(program));
  if (!process.argv.includes("--check")) writeFileSync(page, text);
  else if (readFileSync(page, "utf8") !== text) {
    throw new Error("docs/cli.md is not what the commands say: run `pnpm docs:cli`");
  }
});
