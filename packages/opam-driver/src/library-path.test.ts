import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { libraryPath } from "./library-path.js";
import { privateTarget } from "./target.js";

const target = privateTarget("/nowhere/mirage", "4.13.1");
const own = "/nowhere/mirage/opam/mirage-4.13.1/lib";
const hasOcamlfind = spawnSync("ocamlfind", ["printconf"]).status === 0;

test.runIf(hasOcamlfind)("libraries of the switch come before those of the system", async () => {
  const path = await libraryPath(target);
  expect(path[0]).toBe(own);
  const standard = spawnSync("ocamlfind", ["printconf", "destdir"], { encoding: "utf8" });
  expect(path).toContain(standard.stdout.trim());
  expect(new Set(path).size).toBe(path.length);
});
