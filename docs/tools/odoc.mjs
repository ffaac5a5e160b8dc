// The OCaml packages' API as odoc knows it: ocaml/PACKAGE/MODULE/index.md.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { odocPage } from "./odoc-page.mjs";
import { packages, root, source } from "./repository.mjs";

/** Writes a page for each package and each public module into the site's source. */
export function writeOCamlApi() {
  const folder = join(root, "packages");
  // odoc warns of every library that it has no documentation of, which are all of Debian's.
  execFileSync("dune", ["build", "--root", folder, "@doc"], { stdio: ["ignore", 2, "pipe"] });
  const html = join(folder, "_build/default/_doc/_html");
  const documented = packages.filter(({ opam }) => opam !== undefined);
  for (const [file, text] of reachable(
    documented.map(({ opam }) => join(html, opam, "index.html")),
  )) {
    write(relative(html, file).replace(/html$/, "md"), odocPage(text));
  }
  const rows = documented.map(
    ({ name, manifest, opam }) =>
      `| [${opam}](/ocaml/${opam}/index.md) | ${manifest.description} | [README](/packages/${name}.md) |`,
  );
  const table = ["| opam package | | |", "| --- | --- | --- |", ...rows].join("\n");
  write("index.md", `# The OCaml packages\n\n${table}\n`);
}

function write(page, text) {
  const file = join(source, "ocaml", page);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** The pages that links lead to, with their text: odoc also writes some that nobody is led to. */
function reachable(starts) {
  const found = new Map();
  const wanted = new Set(starts);
  for (const file of wanted) {
    const html = readFileSync(file, "utf8").replace(
      / href="([^"#]+\/index\.html)[^"]*"/g,
      (link, path) => {
        // The way up from a package leads to the site's own list.
        if (path === "../index.html" && starts.includes(file)) return link;
        const there = join(dirname(file), path);
        // odoc 2.1 also leads to modules that it hides.
        if (!existsSync(there)) return "";
        wanted.add(there);
        return link;
      },
    );
    found.set(file, html);
  }
  return found;
}
