import { existsSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitepress";
import { confGrammar } from "../tools/conf-blocks.mjs";
import { packages, source } from "../tools/repository.mjs";
import { pages, titleOf } from "../tools/stage.mjs";

/** Order of the guides; those that aren't named follow in the group "Use". */
const groups = [
  { text: "Begin", pages: ["install", "tutorial", "init", "coming-from", "examples"] },
  { text: "Use", pages: ["conf", "editors", "packages", "cli", "describe", "doctor"] },
  { text: "Run", pages: ["targets", "running", "browser", "xen", "images", "ec2"] },
  { text: "Inside", pages: ["architecture", "performance", "contributing", "security"] },
];

export default defineConfig({
  title: "mirage",
  description: "Build, run and publish OCaml unikernels from one .conf file",
  lang: "en",
  srcDir: ".site/source",
  outDir: ".site/dist",
  cacheDir: ".site/cache",
  head: [["link", { rel: "icon", href: "/icon.svg" }]],
  // A link to a page that isn't there fails the build.
  ignoreDeadLinks: false,
  markdown: { anchor: { slugify: anchorOf }, languages: [confGrammar] },
  // The index of the search is one file, loaded when somebody searches.
  vite: { build: { chunkSizeWarningLimit: 2000 } },
  themeConfig: {
    logo: "/icon.svg",
    outline: [2, 3],
    search: {
      provider: "local",
      options: { miniSearch: { searchOptions: { boostDocument: guidesFirst } } },
    },
    nav: [
      { text: "Tutorial", link: "/tutorial" },
      { text: "The .conf file", link: "/conf" },
      { text: "Commands", link: "/cli" },
      { text: "Packages", link: "/packages/conf" },
    ],
    sidebar: sidebar(),
    docFooter: { prev: "Before", next: "Next" },
    footer: { message: "ISC licence" },
  },
});

/** What a guide says about a word comes before each function that has it in its name. */
function guidesFirst(page) {
  return /^\/(api|ocaml)\//.test(page) ? 1 : 4;
}

/** The anchor that GitHub gives a heading, so that links are right there and here. */
function anchorOf(heading) {
  const words = heading.trim().toLowerCase();
  return words.replace(/[^\p{L}\p{N}\s_-]/gu, "").replace(/\s/g, "-");
}

function sidebar() {
  const guides = new Map(
    pages()
      .filter(({ page }) => !page.startsWith("packages/"))
      .map(({ page, file }) => [page, { text: titleOf(file), link: `/${page}` }]),
  );
  const named = groups.map(({ text, pages }) => ({
    text,
    items: pages.flatMap((page) => {
      const item = guides.get(page);
      guides.delete(page);
      return item ?? [];
    }),
  }));
  named[1].items.push(...guides.values());
  return [...named, { text: "Packages", collapsed: true, items: packages.map(packageItem) }];
}

/** A package: its README, and its API below. */
function packageItem({ name, manifest, entries, opam }) {
  const apis = entries
    .filter(({ name }) => existsSync(join(source, "api", `${name}.md`)))
    .map(({ name, specifier }) => ({
      text: specifier === manifest.name ? "API" : specifier,
      link: `/api/${name}`,
    }));
  if (opam !== undefined && existsSync(join(source, "ocaml", opam))) {
    apis.push({ text: "OCaml API", link: `/ocaml/${opam}/` });
  }
  return { text: name, link: `/packages/${name}`, collapsed: true, items: apis };
}
