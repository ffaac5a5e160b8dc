import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import { hasCorpus, readCorpus } from "../testing/corpus.js";
import { essence } from "../testing/essence.js";
import { addPackage, removeField, removePackage, setField } from "./edit.js";
import { parseByGrammar, parseFields, parseOpam } from "./parse.js";
import { parsePackage } from "./parse-typed.js";
import { printOpam } from "./print.js";
import { readPackage } from "./read-package.js";
import { scanItems } from "./scanner.js";

/** Deep equality, the quick way first. */
function equal(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b) || isDeepStrictEqual(a, b);
}

describe.runIf(hasCorpus)("the public repository", { timeout: 300_000 }, () => {
  const files = hasCorpus ? [...readCorpus()] : [];

  test("is whole", () => {
    expect(files.length).toBe(18793);
  });

  test("is read by the scanner as by the grammar", () => {
    const wanted = new Set(["depends", "conflicts", "available", "extra-source", "x-commit-hash"]);
    const different: string[] = [];
    for (const [path, bytes] of files) {
      const { items, text } = parseByGrammar(bytes, path);
      const some = items.filter((item) => wanted.has(item.name));
      const same =
        equal(scanItems(text), items) && equal(parseFields(bytes, wanted, path).items, some);
      if (!same) different.push(path);
    }
    expect(different).toEqual([]);
  });

  test("has its known faults only", () => {
    const faults = files.flatMap(([path, bytes]) =>
      readPackage(parseOpam(bytes, path)).diagnostics.map(({ message }) => `${path}: ${message}`),
    );
    expect(faults).toEqual([
      "packages/git-net/git-net.0.2.3/opam: `x-ci-accept-failures` is repeated",
      "packages/vif/vif.0.0.1~beta4/opam: `x-ci-accept-failures` is repeated",
    ]);
  });

  test("is the same to the byte after what is added is removed again", () => {
    const zzz = parsePackage('"zzz" {>= "1" & with-test}');
    const different: string[] = [];
    for (const [path, bytes] of files.filter((_, i) => i % 9 === 0)) {
      const text = new TextDecoder().decode(bytes);
      const packages = (["depends", "depopts", "conflicts"] as const).every(
        (name) => removePackage(addPackage(text, zzz, name), "zzz", name) === text,
      );
      const fields = ["name", "x-zzz"].every((name) => {
        const isThere = parseOpam(bytes).items.some((item) => item.name === name);
        return isThere || removeField(setField(text, name, ["a", "b"]), name) === text;
      });
      if (!packages || !fields) different.push(path);
    }
    expect(different).toEqual([]);
  });

  test("is read back as it was printed", () => {
    const different: string[] = [];
    for (const [path, bytes] of files.filter((_, i) => i % 10 === 0)) {
      const { items } = parseOpam(bytes);
      const again = parseOpam(printOpam({ items }));
      if (!isDeepStrictEqual(again.items.map(essence), items.map(essence))) different.push(path);
    }
    expect(different).toEqual([]);
  });
});
