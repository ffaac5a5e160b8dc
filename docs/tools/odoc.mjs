// The OCaml packages' API as odoc makes it: ocaml/PACKAGE/.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packages, root, source } from "./repository.mjs";

/** Writes odoc's pages into the site's public files; they stand beside the others, with their own style. */
export function writeOCamlApi() {
  const folder = join(root, "packages");
  // odoc warns of every library that it has no documentation of, which are all of Debian's.
  execFileSync("dune", ["build", "--root", folder, "@doc"], { stdio: ["ignore", 2, "pipe"] });
  const html = join(folder, "_build/default/_doc/_html");
  const documented = packages.filter(({ opam }) => opam !== undefined);
  for (const { opam } of documented) {
    const from = join(html, opam);
    if (!existsSync(from)) throw new Error(`odoc made no pages of ${opam}`);
    cpSync(from, join(source, "public/ocaml", opam), { recursive: true });
  }
  const rows = documented.map(
    ({ name, manifest, opam }) =>
      `| [${opam}](/ocaml/${opam}/index.html){target="_self"} | ${manifest.description} | [README](/packages/${name}.md) |`,
  );
  const table = ["| opam package | | |", "| --- | --- | --- |", ...rows].join("\n");
  mkdirSync(join(source, "ocaml"), { recursive: true });
  writeFileSync(join(source, "ocaml/index.md"), `# The OCaml packages\n\n${table}\n`);
  for (const name of ["odoc.css", "highlight.pack.js"]) {
    writeFileSync(join(source, "public/ocaml", name), readFileSync(join(html, name)));
  }
}
