import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { shortestChain } from "./chain.js";
import { Libraries } from "./libraries.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mirage-findlib-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function install(path: string, text: string): void {
  const file = join(folder, path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, text);
}

function libraries(...folders: string[]): Libraries {
  return new Libraries(folders.map((name) => join(folder, name)));
}

test("the shortest chain is found, whatever order requirements have", async () => {
  install("lib/site/META", 'requires = "long short missing"');
  install("lib/long/META", 'requires = "longer"');
  install("lib/longer/META", 'requires = "longest"');
  install("lib/longest/META", 'requires = "unix"');
  install("lib/short/META", 'package "net" ( requires = "unix" ) requires = "site, short.net"');
  install("lib/META.unix", "");
  const found = libraries("nowhere", "lib");
  expect(await shortestChain(found, "site", ["unix"])).toEqual([
    "site",
    "short",
    "short.net",
    "unix",
  ]);
  expect(await shortestChain(found, "unix", ["threads", "unix"])).toEqual(["unix"]);
  expect(await shortestChain(found, "site", ["threads"])).toBeUndefined();
  expect(await shortestChain(found, "missing", ["unix"])).toBeUndefined();
});

test("a folder earlier in the search path wins", async () => {
  install("first/bigarray/META", 'requires = ""');
  install("second/bigarray/META", 'requires = "unix"');
  expect(await libraries("first", "second").find("bigarray")).toMatchObject({ requires: [] });
  expect(await libraries("second", "first").find("bigarray")).toMatchObject({
    requires: ["unix"],
  });
});

test("names that no file can have are not there", async () => {
  install("lib/a/META", 'requires = "b"');
  const found = libraries("lib");
  expect(await found.find("a.b")).toBeUndefined();
  expect(await found.find("a.constructor")).toBeUndefined();
  expect(await found.find("")).toBeUndefined();
  expect(await found.find("a/META/x")).toBeUndefined();
});
