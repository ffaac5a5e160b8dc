import { expect, test } from "vitest";
import { prepareRename, references, rename } from "./rename.js";
import { edited, marked } from "./testing/marked.js";

const shop = `main-app: Unikernel.Main (console, sta|tic, data)
fs-static: htdocs
fs-static-links: outside
block-disk: static
fat-data: disk
https-certificate: static/server.pem
`;

test("a device has its new name wherever it is named, and nothing else has", () => {
  const { document, position } = marked(shop);
  const text = edited(document, rename(document, position, "pages")?.changes);
  expect(text).toBe(`main-app: Unikernel.Main (console, pages, data)
fs-pages: htdocs
fs-pages-links: outside
block-disk: static
fat-data: disk
https-certificate: pages/server.pem
`);
});

test("the module of a folder is renamed in the sources", () => {
  const source = "module F = Filesystem_static\nmodule G = Filesystem_statics\n";
  const { document, position } = marked(shop, { "dispatch.ml": source });
  const { changes = {} } = rename(document, position, "pages") ?? {};
  const [, edits] = Object.entries(changes).find(([uri]) => uri.endsWith("dispatch.ml")) ?? [];
  expect(edits).toEqual([
    {
      range: { start: { line: 0, character: 11 }, end: { line: 0, character: 28 } },
      newText: "Filesystem_pages",
    },
  ]);
});

test("a block device is found in the file system on it", () => {
  const { document, position } = marked("fat-data: di|sk\nblock-disk: disk.img\n");
  expect(references(document, position).map(({ range }) => range.start)).toEqual([
    { line: 0, character: 10 },
    { line: 1, character: 6 },
  ]);
});

test("what the file does not declare has no other name", () => {
  const { document, position } = marked("main-app: Unikernel.Main (con|sole)\n");
  expect(prepareRename(document, position)).toBeUndefined();
});

test.each(["my device", "console", "data"])("no device can be called %j", (name) => {
  const { document, position } = marked(shop);
  expect(() => rename(document, position, name)).toThrow(/name|already/);
});
