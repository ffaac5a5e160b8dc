import { basename } from "node:path";
import { expect, test } from "vitest";
import { definition } from "./definition.js";
import { marked } from "./testing/marked.js";

const unikernel = `let log = ignore

module Helper = struct end
module Main (C : V1_LWT.CONSOLE) = struct
  let start c = C.log_s c "hi"
end
`;

test.each([
  ["main-app: Unikernel.Ma|in (console)", "unikernel.ml", 3, 7],
  ["main-app: Unikern|el.Main (console)", "unikernel.ml", 0, 0],
  ["main-noip: Unikernel.lo|g", "unikernel.ml", 0, 4],
  ["block-disk: a.img\nfat-data: di|sk", "shop.conf", 0, 6],
  ["fs-static: htdocs\nmain-app: Unikernel.Main (sta|tic)", "shop.conf", 0, 3],
])("%j", (text, file, line, character) => {
  const { document, position } = marked(text, { "unikernel.ml": unikernel });
  const found = definition(document, position);
  expect(basename(found?.uri ?? "")).toBe(file);
  expect(found?.range.start).toEqual({ line, character });
});

test.each([
  "main-app: Other.Ma|in (console)",
  "main-app: Unikernel.Main (cons|ole)",
  "na|me: shop",
])("nothing for %j", (text) => {
  const { document, position } = marked(text, { "unikernel.ml": unikernel });
  expect(definition(document, position)).toBeUndefined();
});
