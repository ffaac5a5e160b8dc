import { expect, test } from "vitest";
import { documentSymbols } from "./symbols.js";
import { marked } from "./testing/marked.js";

test("the entries, without comments", () => {
  const { document } = marked(
    "# a site\nmain-http: Dispatch.callback\n\nfs-static: htdocs\noops\n",
  );
  expect(
    documentSymbols(document).map(({ name, detail, range }) => [name, detail, range.end.line]),
  ).toEqual([
    ["main-http", "Dispatch.callback", 1],
    ["fs-static", "htdocs", 3],
  ]);
});
