import { expect, test } from "vitest";
import { metaValue, parseMeta } from "./meta.js";

const none = new Set<string>();

test("definitions, packages within packages, comments", () => {
  const meta = parseMeta(`# requires = "wrong"
version = "1.0 # not a comment, \\"quoted\\""
requires(mt,-mt_vm) = "threads"
package "a" (
  requires = "b"
  package "deep" ( requires += "c" )
)
requires = "d"`);
  expect(meta.definitions).toEqual([
    { name: "version", predicates: [], operator: "=", value: '1.0 # not a comment, "quoted"' },
    { name: "requires", predicates: ["mt", "-mt_vm"], operator: "=", value: "threads" },
    { name: "requires", predicates: [], operator: "=", value: "d" },
  ]);
  const inner = meta.packages.get("a");
  expect(inner?.definitions).toHaveLength(1);
  expect(inner?.packages.get("deep")?.definitions).toEqual([
    { name: "requires", predicates: [], operator: "+=", value: "c" },
  ]);
});

test("the definition with the most predicates that hold counts, and what is added", () => {
  const meta = parseMeta(`requires = "plain"
requires(mt) = "one"
requires(mt,mt_posix) = "two"
requires(mt,mt_vm) = "other"
requires += "always"
requires(-mt) += "never"`);
  expect(metaValue(meta, "requires", new Set(["mt", "mt_posix"]))).toBe("two always");
  expect(metaValue(meta, "requires", none)).toBe("plain always never");
  expect(metaValue(meta, "archive", none)).toBeUndefined();
});

test("text that is no META file has no definitions", () => {
  expect(parseMeta(") ] requires = \n package (").definitions).toEqual([]);
});
