import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const groups = ["packages", "apps"];
const alone = ["e2e", "docs", "tools"];

/**
 * The packages of a workspace by name: folder, manifest, the scope and the number of the layer (nothing
 * without a tag). A package of OCaml alone is of the scope `runtime`.
 */
export function readPackages(root) {
  const folders = groups
    .filter((group) => existsSync(join(root, group)))
    .flatMap((group) => readdirSync(join(root, group)).map((name) => join(root, group, name)));
  const packages = new Map();
  for (const folder of [...folders, ...alone.map((name) => join(root, name))]) {
    const file = join(folder, "package.json");
    if (!existsSync(file)) continue;
    const manifest = JSON.parse(readFileSync(file, "utf8"));
    const isRuntime =
      existsSync(join(folder, "dune-project")) && !existsSync(join(folder, "tsconfig.json"));
    const tag = (kind) =>
      manifest.nx?.tags?.find((name) => name.startsWith(`${kind}:`))?.slice(kind.length + 1);
    const layer = tag("layer");
    packages.set(manifest.name, {
      folder,
      manifest,
      isRuntime,
      scope: tag("scope") ?? (isRuntime ? "runtime" : undefined),
      layer: layer === undefined ? undefined : Number(layer),
    });
  }
  return packages;
}
