import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

export const root = resolve(import.meta.dirname, "../..");
export const docs = join(root, "docs");
/** Everything that is made for the site; nothing in it is kept. */
export const work = join(docs, ".site");
/** What VitePress builds the site from. */
export const source = join(work, "source");
/** The site itself. */
export const site = join(work, "dist");

/** The packages that are documented, in alphabetical order. */
export const packages = readdirSync(join(root, "packages"))
  .filter((name) => existsSync(join(root, "packages", name, "README.md")))
  .map((name) => {
    const folder = join(root, "packages", name);
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const entries = Object.entries(manifest.exports ?? {}).flatMap(([entry, conditions]) => {
      const path = conditions["@mirage/source"];
      if (path === undefined) return [];
      const suffix = entry.slice(1);
      return [{ file: join(folder, path), name: name + suffix, specifier: manifest.name + suffix }];
    });
    const opam = readdirSync(folder).find((file) => file.endsWith(".opam"));
    return { name, folder, manifest, entries, opam: opam?.slice(0, -".opam".length) };
  });
