// Writes docs/errors.md: every error code, with the messages and hints that the sources give it.
// --check says whether all codes of the sources, and no others, are there.
import { readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";
import { codesIn, errorPage, problemsIn } from "./errors/page.mjs";
import { sourceFiles } from "./errors/sources.mjs";
import { report } from "./report.mjs";
import { root } from "./workspace.mjs";

await report(async () => {
  const found = sourceFiles(root).map(({ file, room }) => {
    const text = readFileSync(file, "utf8");
    return { room, problems: problemsIn(ts, text, relative(root, file)) };
  });
  const page = errorPage(found);
  const path = join(root, "docs/errors.md");
  if (!process.argv.includes("--check")) {
    writeFileSync(path, page);
    return;
  }
  const [wanted, written] = [codesIn(page), codesIn(readFileSync(path, "utf8"))];
  const missing = wanted.filter((code) => !written.includes(code));
  const gone = written.filter((code) => !wanted.includes(code));
  if (missing.length + gone.length === 0) return;
  throw new Error(
    `docs/errors.md lacks ${missing.join(", ") || "nothing"} and has ${gone.join(", ") || "nothing"} too many: run \`pnpm docs:errors\``,
  );
});
