import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkLinks } from "./check-links.mjs";

let site;
beforeEach(() => {
  site = mkdtempSync(join(tmpdir(), "mirage-site-"));
  mkdirSync(join(site, "deep"));
  writeFileSync(
    join(site, "index.html"),
    '<h2 id="top">Top</h2> <a href="/deep/page.html#end">x</a>',
  );
});
afterEach(() => rmSync(site, { recursive: true, force: true }));

const page = (html) => writeFileSync(join(site, "deep/page.html"), `<p id="end">${html}</p>`);

test("links to pages, folders, anchors and other sites are fine", () => {
  page('<a href="../index.html#top">a</a> <a href="/">b</a> <a href="https://example.org/">c</a>');
  expect(checkLinks(site)).toBe(2);
});

test.each(["none.html", "/index.html#bottom", "../picture.png"])("%s is found dead", (link) => {
  page(`<a href="${link}">a</a>`);
  expect(() => checkLinks(site)).toThrow(`deep/page.html: ${link}`);
});
