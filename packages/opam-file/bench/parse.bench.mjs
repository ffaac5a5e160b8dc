// Prints the speed of both parsers, and of reading only what a resolver wants, in MB/s.
// Usage: node bench/parse.bench.mjs FOLDER   (a repository, or any folder with opam files in it)
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseByGrammar, parseFields, parseOpam } from "@mirage/opam-file";

const folder = process.argv[2];
if (folder === undefined) {
  process.stderr.write("usage: node bench/parse.bench.mjs FOLDER\n");
  process.exit(2);
}
const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /(^|\.)opam$/.test(entry.name))
  .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
const megabytes = files.reduce((sum, file) => sum + file.length, 0) / 1e6;
const wanted = new Set([
  ...["depends", "depopts", "conflicts", "conflict-class", "available", "flags", "tags"],
]);

process.stdout.write(`${files.length} files, ${megabytes.toFixed(1)} MB\n`);
measure("grammar", (file) => parseByGrammar(file));
measure("fast path", (file) => parseOpam(file));
measure("wanted fields", (file) => parseFields(file, wanted));

function measure(name, parse) {
  const times = [];
  for (let round = 0; round < 5; round++) {
    const start = performance.now();
    for (const file of files) parse(file);
    times.push(performance.now() - start);
  }
  const show = (ms) => `${(megabytes / (ms / 1000)).toFixed(1)} MB/s (${ms.toFixed(0)} ms)`;
  process.stdout.write(
    `${name.padEnd(14)} first ${show(times[0])}, best ${show(Math.min(...times))}\n`,
  );
}
