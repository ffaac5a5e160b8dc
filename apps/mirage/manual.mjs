// Writes dist/man: the manual pages that npm installs beside the command, from what --help is made of.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { describeCommands, toManual } from "./dist/manual/index.js";
import { createProgram, listCompletion } from "./dist/program.js";

const { version } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"));
const folder = new URL("dist/man/", import.meta.url);
const program = createProgram();
listCompletion(program);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
for (const { file, text } of toManual(describeCommands(program), version)) {
  writeFileSync(new URL(file, folder), text);
}
