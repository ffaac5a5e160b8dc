// Copies the repository's Markdown files to where the site is built from. Their links are those of
// the repository; on the site they lead to the site's pages.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { home } from "../.vitepress/home.mjs";
import { withConfLanguage } from "./conf-blocks.mjs";
import { docs, packages, root, source } from "./repository.mjs";

/** The pages of the site: path on the site, without `.md`, and the file it is made of. */
export function pages() {
  const guides = readdirSync(docs, { recursive: true })
    .filter((name) => /^[^.]+\.md$/.test(name) && !name.startsWith("node_modules"))
    .map((name) => ({ page: name.slice(0, -".md".length), file: join(docs, name) }));
  const others = ["CONTRIBUTING.md", "SECURITY.md", "examples/README.md"]
    .map((name) => join(root, name))
    .filter((file) => existsSync(file))
    .map((file) => ({ page: pageName(file), file }));
  const readmes = packages.map(({ name, folder }) => ({
    page: `packages/${name}`,
    file: join(folder, "README.md"),
  }));
  return [...guides, ...others, ...readmes];
}

/** The title of a Markdown file: its first heading. */
export function titleOf(file) {
  const title = /^# (.+)$/m.exec(readFileSync(file, "utf8"))?.[1];
  if (title === undefined) throw new Error(`${relative(root, file)} has no title`);
  return title.replaceAll("`", "");
}

/** Writes all pages into the site's source; throws with all links that lead nowhere. */
export function stage() {
  const all = pages();
  const sites = new Map(all.map(({ page, file }) => [file, page]));
  const dead = [];
  for (const { page, file } of all) {
    const target = join(source, `${page}.md`);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(
      target,
      withSiteLinks(withConfLanguage(readFileSync(file, "utf8")), (path) => {
        const found = resolve(dirname(file), path);
        if (!existsSync(found)) dead.push(`${relative(root, file)}: ${path}`);
        else if (/\.(svg|png)$/.test(path)) return publish(found);
        const page = sites.get(found) ?? sites.get(join(found, "README.md"));
        return page === undefined ? undefined : `/${page}.md`;
      }),
    );
  }
  writeFileSync(join(source, "index.md"), `---\n${JSON.stringify(home)}\n---\n`);
  mkdirSync(join(source, "public"), { recursive: true });
  copyFileSync(join(docs, ".vitepress/icon.svg"), join(source, "public/icon.svg"));
  if (dead.length > 0) throw new Error(`links that lead nowhere:\n  ${dead.join("\n  ")}`);
}

/** Puts a picture among the site's files; returns its path there. */
function publish(file) {
  const path = relative(root, file);
  mkdirSync(dirname(join(source, "public", path)), { recursive: true });
  copyFileSync(file, join(source, "public", path));
  return `/${path}`;
}

/**
 * A Markdown text with its relative links leading to where `placeOf` says. What has no place on the
 * site, such as a source file, is named but not linked.
 */
export function withSiteLinks(markdown, placeOf) {
  return withoutCode(markdown, (prose) =>
    prose.replace(/(!?\[[^\]]*\])\(([^)\s]+)\)/g, (link, text, destination) => {
      if (/^([a-z]+:|#|\/)/.test(destination)) return link;
      const [path = "", anchor] = destination.split("#");
      const place = placeOf(path);
      if (place === undefined) return text.replace(/^!?\[|\]$/g, "");
      return `${text}(${place}${anchor === undefined ? "" : `#${anchor}`})`;
    }),
  );
}

function pageName(file) {
  const name = basename(file) === "README.md" ? basename(dirname(file)) : basename(file, ".md");
  return name.toLowerCase();
}

/** Changes a text's prose and leaves its code blocks and code spans as they are. */
function withoutCode(text, change) {
  return text
    .split(/(^```.*?^```$|`[^`\n]+`(?!\]))/ms)
    .map((part, index) => (index % 2 === 0 ? change(part) : part))
    .join("");
}
