import { expect, test } from "vitest";
import { packagesWithoutChangeset } from "./missing.mjs";

const packages = [
  { name: "@mirage/tap", folder: "packages/tap" },
  { name: "@mirage/conf", folder: "packages/conf" },
];
const missing = (files, changesets = []) => packagesWithoutChangeset(files, packages, changesets);

test("a change of what is published needs a changeset", () => {
  expect(missing(["packages/tap/native/tun.c", "packages/conf/src/keys.ts"])).toEqual([
    "@mirage/conf",
    "@mirage/tap",
  ]);
});

test.each([
  "packages/conf/src/keys.test.ts",
  "packages/conf/test/support.ts",
  "packages/conf/README.md",
  "packages/conf/tsconfig.spec.json",
  "packages/configuration/src/index.ts",
  "docs/conf.md",
])("a change of %s needs none", (file) => {
  expect(missing([file])).toEqual([]);
});

test("each package is named by a changeset of the same change", () => {
  const files = ["packages/tap/src/index.ts", "packages/conf/src/keys.ts"];
  expect(missing(files, ['---\n"@mirage/tap": minor\n---\n\nDevices close.\n'])).toEqual([
    "@mirage/conf",
  ]);
  expect(
    missing(files, ["---\n'@mirage/tap': minor\n\"@mirage/conf\": patch\n---\n\nBoth.\n"]),
  ).toEqual([]);
});

test("an empty changeset says that nobody notices", () => {
  expect(missing(["packages/tap/src/index.ts"], ["---\n---\n\nOnly names.\n"])).toEqual([]);
});

test("a release needs no changeset", () => {
  expect(missing(["packages/tap/package.json", "packages/tap/CHANGELOG.md"])).toEqual([]);
});
