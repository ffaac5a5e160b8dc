import { readFileSync } from "node:fs";
import { MirageError } from "@mirage/diagnostics";
import fc from "fast-check";
import { expect, test } from "vitest";
import { items, pieces } from "../testing/arbitraries.js";
import { hasCorpus, readCorpus } from "../testing/corpus.js";
import { dump, hasOpamParser, parseByOpam } from "../testing/opam-parser.js";
import { parseOpam } from "./parse.js";
import { printOpam } from "./print.js";

/** The texts that opam's parser and this one read differently, with what they read. */
function differences(texts: readonly string[]): unknown[] {
  return parseByOpam(texts).flatMap((theirs, i) => {
    const text = texts[i] as string;
    const ours = dumpOf(text);
    return ours === theirs ? [] : [{ text, ours, theirs }];
  });
}

function dumpOf(text: string): string {
  try {
    return dump(parseOpam(text).items);
  } catch (error) {
    if (error instanceof MirageError) return "refused";
    throw error;
  }
}

test.runIf(hasOpamParser)("opam's own parser reads the same", () => {
  const forms = readFileSync(new URL("../testdata/forms.opam", import.meta.url), "utf8");
  const printed = fc
    .sample(items, { numRuns: 500, seed: 4 })
    .map((file) => printOpam({ items: file }));
  const cut = printed.map((text, i) => text.slice(0, (i * 37) % (text.length + 1)));
  expect(differences([forms, ...printed, ...cut])).toEqual([]);
});

test.runIf(hasOpamParser)("opam's own parser accepts and refuses the same", () => {
  // Integers without a blank between them are refused here only.
  const texts = fc
    .sample(pieces, { numRuns: 5000, seed: 5 })
    .filter((text) => !/[0-9_]-[0-9]/.test(text));
  expect(differences(texts)).toEqual([]);
});

test.runIf(hasOpamParser && hasCorpus)(
  "opam's own parser reads a tenth of the repository the same",
  () => {
    const texts = [...readCorpus().values()]
      .filter((_, i) => i % 10 === 0)
      .map((bytes) => Buffer.from(bytes).toString("utf8"));
    expect(differences(texts)).toEqual([]);
  },
);
