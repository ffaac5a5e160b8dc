// Follows every link and every reference to a file of the built site, anchors included.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** The number of pages in a site's folder; throws with all their links that lead nowhere. */
export function checkLinks(site) {
  const files = readdirSync(site, { recursive: true }).filter((name) => name.endsWith(".html"));
  const anchors = new Map();
  const dead = new Set();
  for (const file of files) {
    const base = new URL(file, "http://site/");
    for (const link of matches(
      readFileSync(join(site, file), "utf8"),
      /\s(?:href|src)="([^"]*)"/g,
    )) {
      const url = new URL(link.replaceAll("&amp;", "&"), base);
      if (url.host !== "site") continue;
      const target = fileOf(site, url.pathname);
      const anchor = decodeURIComponent(url.hash.slice(1));
      const found = target !== undefined && (anchor === "" || anchorsOf(target).has(anchor));
      if (!found) dead.add(`${file}: ${link}`);
    }
  }
  if (dead.size > 0) throw new Error(`links that lead nowhere:\n  ${[...dead].join("\n  ")}`);
  return files.length;

  function anchorsOf(path) {
    if (!anchors.has(path)) {
      anchors.set(path, new Set(matches(readFileSync(path, "utf8"), /\sid="([^"]*)"/g)));
    }
    return anchors.get(path);
  }
}

/** The file that a server gives for a path. */
function fileOf(site, path) {
  const plain = join(site, decodeURIComponent(path));
  const candidates = [plain, join(plain, "index.html"), `${plain}.html`];
  return candidates.find((file) => existsSync(file) && statSync(file).isFile());
}

function matches(text, pattern) {
  return Array.from(text.matchAll(pattern), ([, match]) => match);
}
