import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const text = readFileSync(join(root, "docs/architecture.md"), "utf8");

/** The folders of "The house", and what "Where to find it" says is where. */
const folders = column(section("The house"), 0).map(unquoted);
const places = column(section("Where to find it"), 1).map(unquoted);

test("the page names the folders and at least ten places", () => {
  expect(folders).toContain("packages/types");
  expect(places.length).toBeGreaterThanOrEqual(10);
});

test.each(folders)("%s is a folder", (folder) => {
  expect(statSync(join(root, folder)).isDirectory()).toBe(true);
});

test.each(places)("%s is there, at most two folders below one that the page names", (place) => {
  expect(existsSync(join(root, place))).toBe(true);
  const folder = folders.filter((name) => place.startsWith(`${name}/`)).sort(byLength)[0] ?? "";
  const below = place.slice(folder.length + 1).split("/");
  expect(folder).not.toBe("");
  expect(below.length - 1).toBeLessThanOrEqual(2);
});

function section(title) {
  const start = text.indexOf(`## ${title}\n`);
  expect(start).not.toBe(-1);
  const end = text.indexOf("\n## ", start + 1);
  return text.slice(start, end === -1 ? undefined : end);
}

/** The cells of one column of a section's table, without its head. */
function column(part, index) {
  const rows = part.split("\n").filter((line) => line.startsWith("|"));
  return rows.slice(2).map((row) => row.split("|")[index + 1].trim());
}

function unquoted(cell) {
  return cell.replaceAll("`", "");
}

function byLength(a, b) {
  return b.length - a.length;
}
