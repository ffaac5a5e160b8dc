// Writes into the package.json of each published package what follows from the rest: see
// manifests/manifest.mjs. --check says whether they are as they should be.
import { readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { completeManifest, missingIn } from "./manifests/manifest.mjs";
import { publicPackages } from "./packages.mjs";
import { report } from "./report.mjs";
import { root } from "./workspace.mjs";

await report(async () => {
  const { repository } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const complaints = [];
  for (const { folder, manifest } of publicPackages()) {
    const file = join(folder, "package.json");
    const complete = completeManifest(manifest, relative(root, folder), repository);
    const text = `${JSON.stringify(complete, undefined, 2)}\n`;
    if (!process.argv.includes("--check")) writeFileSync(file, text);
    else if (readFileSync(file, "utf8") !== text) {
      complaints.push(`${relative(root, file)} is incomplete: run \`pnpm manifests\``);
    }
    complaints.push(...missingIn(complete));
  }
  if (complaints.length > 0) throw new Error(complaints.join("\n"));
});
