import { isDeepStrictEqual } from "node:util";
import { expect, test } from "vitest";
import { hasCorpus, readCorpus } from "../testing/corpus.js";
import { parseByGrammar, parseFields } from "./parse.js";
import { scanItems } from "./scanner.js";

const wanted = new Set(["depends", "conflicts", "available", "extra-source", "x-commit-hash"]);

test.runIf(hasCorpus)(
  "the scanner reads every file of the repository as the grammar does",
  { timeout: 300_000 },
  () => {
    const files = readCorpus();
    const different: string[] = [];
    for (const [path, bytes] of files) {
      const reference = parseByGrammar(bytes, path);
      const some = reference.items.filter((item) => wanted.has(item.name));
      const same =
        isDeepStrictEqual(scanItems(reference.text), reference.items) &&
        isDeepStrictEqual(parseFields(bytes, wanted, path).items, some);
      if (!same) different.push(path);
    }
    expect(different).toEqual([]);
    expect(files.size).toBe(18793);
  },
);
