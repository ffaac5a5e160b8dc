import { expect, test } from "vitest";
import { withSiteLinks } from "./stage.mjs";

const places = new Map([
  ["conf.md", "/conf.md"],
  ["../packages/xl", "/packages/xl.md"],
  ["a.svg", "/docs/a.svg"],
]);
const convert = (markdown) => withSiteLinks(markdown, (path) => places.get(path));

test.each([
  ["[keys](conf.md#keys)", "[keys](/conf.md#keys)"],
  ["[`xl`](../packages/xl), and more", "[`xl`](/packages/xl.md), and more"],
  ["![a picture](a.svg)", "![a picture](/docs/a.svg)"],
  ["see [the source](../src/a.ts)", "see the source"],
  [
    "[here](#below) and [there](https://example.org/a)",
    "[here](#below) and [there](https://example.org/a)",
  ],
])("%s becomes %s", (from, to) => {
  expect(convert(from)).toBe(to);
});

test("code is left as it is", () => {
  const code = "`[a](conf.md)`\n\n```md\n[a](conf.md)\n```\n";
  expect(convert(`${code}\n[a](conf.md)\n`)).toBe(`${code}\n[a](/conf.md)\n`);
});
