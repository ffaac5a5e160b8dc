// Joins what is used of the AWS SDK into dist/sdk, minified, with the licences of its parts beside
// it: one megabyte to install instead of forty.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { rolldown } from "rolldown";

const here = import.meta.dirname;
rmSync(join(here, "dist/sdk"), { recursive: true, force: true });

const bundle = await rolldown({
  input: ["dist/sdk.js"],
  platform: "node",
  cwd: here,
  logLevel: "warn",
});
const { output } = await bundle.write({
  dir: "dist/sdk",
  format: "esm",
  minify: true,
  chunkFileNames: "[name].js",
});
await bundle.close();

const parts = new Map();
for (const file of output.flatMap(({ moduleIds }) => moduleIds ?? [])) {
  const folder = packageFolder(file);
  if (!folder) continue;
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const texts = readdirSync(folder)
    .filter((entry) => /^(licen[cs]e|notice)/i.test(entry))
    .map((entry) => readFileSync(join(folder, entry), "utf8").trim());
  parts.set(`${name} ${version} (${license})`, { license, text: texts.join("\n\n") });
}

// Most parts share one text; a part that brings none has that of another under the same licence.
const byText = new Map();
for (const [part, { license, text }] of [...parts].sort()) {
  const like = [...parts.values()].find((other) => other.license === license && other.text !== "");
  if (!like) throw new Error(`${part} has no licence text`);
  const own = text || like.text;
  byText.set(own, [...(byText.get(own) ?? []), part]);
}
const sections = [...byText].map(([text, names]) => `${names.join("\n")}\n\n${text}\n`);
writeFileSync(
  join(here, "dist/sdk/LICENSES"),
  `The files beside this one contain:\n\n${sections.join(`\n${"-".repeat(80)}\n\n`)}`,
);

/** The folder of the package outside this workspace that a module belongs to. */
function packageFolder(file) {
  if (!file.includes("/node_modules/")) return undefined;
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = join(folder, "package.json");
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, "utf8")).version) return folder;
  }
  throw new Error(`${file} belongs to no package`);
}
