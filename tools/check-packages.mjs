// Packs every public package as it would be published and checks what is in the tarball: publint
// (manifest and files agree), attw (types resolve as the code does), and what a package owes its users.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { publicPackages } from "./packages.mjs";
import { report } from "./report.mjs";
import { ensurePnpm, runQuietly } from "./workspace.mjs";

// The packages are ES modules: nobody has to `require` them.
const irrelevant = ({ kind }) => kind === "CJSResolvesToESM";

await report(async () => {
  ensurePnpm();
  const folder = mkdtempSync(join(tmpdir(), "mirage-packages-"));
  try {
    const complaints = [];
    for (const { folder: source, manifest } of publicPackages()) {
      const tarball = pack(source, manifest, folder);
      for (const complaint of await complaintsAbout(tarball, manifest)) {
        complaints.push(`${manifest.name}: ${complaint}`);
      }
    }
    if (complaints.length > 0) throw new Error(complaints.join("\n"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

function pack(source, { name, version }, folder) {
  runQuietly(`packing ${name}`, "pnpm", ["pack", "--pack-destination", folder], { cwd: source });
  const file = `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;
  return new Uint8Array(readFileSync(join(folder, file)));
}

async function complaintsAbout(tarball, manifest) {
  const { messages, pkg } = await publint({ pack: { tarball: tarball.buffer }, level: "warning" });
  const complaints = messages.map((message) => formatMessage(message, pkg, { color: false }));
  const contents = createPackageFromTarballData(tarball);
  for (const file of ["LICENSE", "README.md"]) {
    if (!contents.fileExists(`/node_modules/${manifest.name}/${file}`)) {
      complaints.push(`there is no ${file} in it`);
    }
  }
  for (const field of ["repository", "homepage", "bugs", "keywords"]) {
    if (pkg[field] === undefined) complaints.push(`its package.json has no ${field}`);
  }
  const sources = contents.listFiles().filter((file) => /(?<!\.d)\.ts$|\.map$|\/test\//.test(file));
  if (sources.length > 0) complaints.push(`it holds ${sources.length} sources: ${sources[0]}`);
  if (JSON.stringify(pkg).includes('"workspace:'))
    complaints.push("it still has workspace: ranges");
  if (manifest.exports?.["."] !== undefined) {
    const { types, problems = [] } = await checkPackage(contents);
    if (types === false) complaints.push("it has no types");
    for (const problem of problems.filter((found) => !irrelevant(found))) {
      complaints.push(`attw: ${JSON.stringify(problem)}`);
    }
  }
  return complaints;
}
