import { expect, test } from "vitest";
import { carriedPackages } from "./carried.js";

const pin = (name: string, src: string) => ({
  name,
  version: "1",
  opam: `opam-version: "2.0"\nurl {\n  src: "${src}"\n}\n`,
});
const chosen = [
  { name: "here", version: "1" },
  { name: "git", version: "1" },
  { name: "root", version: "1" },
  { name: "elsewhere", version: "1" },
  { name: "web", version: "1" },
];

test("packages that are pinned to the folder are named with their places", () => {
  const pins = [
    pin("here", "file:///home/ann/app/lib/here"),
    pin("git", "git+file:///home/ann/app/git#main"),
    pin("root", "file:///home/ann/app"),
    pin("elsewhere", "file:///home/ann/app-2"),
    pin("web", "https://example.org/app.tar.gz"),
    pin("unused", "file:///home/ann/app/unused"),
    { name: "bare", version: "1" },
  ];
  expect(carriedPackages(chosen, pins, "/home/ann/app")).toEqual([
    { name: "here", path: "lib/here" },
    { name: "git", path: "git" },
    { name: "root", path: "." },
  ]);
  expect(carriedPackages(chosen, undefined, "/home/ann/app")).toEqual([]);
});
