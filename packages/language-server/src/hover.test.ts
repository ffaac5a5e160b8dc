import { plainKeys } from "@mirage/conf";
import { expect, test } from "vitest";
import { MarkupContent } from "vscode-languageserver";
import { hover } from "./hover.js";
import { rowOf } from "./reference.js";
import { marked } from "./testing/marked.js";

function shown(text: string): string | undefined {
  const { document, position } = marked(text);
  const { contents } = hover(document, position) ?? {};
  return MarkupContent.is(contents) ? contents.value : undefined;
}

test.each([
  ["ip-ad|dress: 10.0.0.9", "**ip-address**\n\nits address\n\nDefault: 10.0.0.2"],
  ["fs-static-li|nks: outside", "**fs-NAME-links**"],
  ["main-app: Unikernel.Main (st|ack)", "**stack**: `STACKV4`"],
])("%j", (text, start) => {
  expect(shown(text)).toMatch(start);
});

test("links lead to the pages of the repository", () => {
  expect(shown("xl-mem|ory: 64")).toMatch(/\]\(https:\S*\/docs\/conf\.md#xl-\)/);
  expect(shown("sand|box: unix")).toMatch(/\]\(https:\S*\/docs\/running\.md#the-sandbox\)/);
});

test("nothing for values and unknown keys", () => {
  expect(shown("ip-address: 10.|0.0.9")).toBeUndefined();
  expect(shown("ip-adr|ess: 10.0.0.9")).toBeUndefined();
});

test("every key but the one without effect has a row", () => {
  const without = plainKeys.filter((key) => rowOf({ kind: "plain", key }) === undefined);
  expect(without).toEqual(["compiler"]);
});
