// Checks that packages import only from layers before their own: see docs/architecture.md.
// The layer of a package is the tag `layer:N` under `nx.tags` of its package.json.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { root } from "./workspace.mjs";

const folders = ["packages", "apps"].flatMap((group) =>
  readdirSync(join(root, group)).map((name) => join(root, group, name)),
);
const projects = new Map();
for (const folder of [...folders, join(root, "e2e")]) {
  const file = join(folder, "package.json");
  if (!existsSync(file)) continue;
  const manifest = JSON.parse(readFileSync(file, "utf8"));
  const tag = manifest.nx?.tags?.find((name) => name.startsWith("layer:"));
  projects.set(manifest.name, {
    folder,
    manifest,
    layer: tag && Number(tag.slice("layer:".length)),
  });
}

const complaints = [];
for (const { folder, manifest, layer } of projects.values()) {
  const dependencies = new Set(
    Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }),
  );
  const place = relative(root, folder);
  const isOCaml = readdirSync(folder).includes("dune-project");
  if (layer === undefined && !isOCaml) complaints.push(`${place}: no layer:N tag in package.json`);
  for (const dependency of dependencies) {
    const other = projects.get(dependency);
    if (other?.layer !== undefined && layer !== undefined && other.layer >= layer) {
      complaints.push(
        `${place} (layer ${layer}) must not depend on ${dependency} (layer ${other.layer})`,
      );
    }
  }
  for (const { file, imported } of importsOf(join(folder, "src"))) {
    if (imported.startsWith("../") && !join(file, "..", imported).startsWith(folder)) {
      complaints.push(
        `${relative(root, file)} reaches into ${imported}; import the package instead`,
      );
    }
    const [scope, base, ...inner] = imported.split("/");
    const other = projects.get(`${scope}/${base}`);
    if (other && inner.length > 0 && !other.manifest.exports?.[`./${inner.join("/")}`]) {
      complaints.push(
        `${relative(root, file)} imports ${imported}, which is no entry of that package`,
      );
    }
  }
}
for (const complaint of complaints) console.error(complaint);
process.exitCode = complaints.length === 0 ? 0 : 1;

function* importsOf(folder) {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !entry.name.endsWith(".ts")) continue;
    const file = join(entry.parentPath ?? entry.path, entry.name);
    const text = readFileSync(file, "utf8");
    for (const [, imported] of text.matchAll(/\b(?:from|import)\s*\(?\s*"([^"]+)"/g)) {
      yield { file, imported };
    }
  }
}
