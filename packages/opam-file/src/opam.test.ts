import fc from "fast-check";
import { expect, test } from "vitest";
import { condition, filter, version } from "../testing/arbitraries.js";
import { hasCorpus, readCorpus } from "../testing/corpus.js";
import { hasOpam, listPackages, opam, withFolder } from "../testing/opam.js";
import { field, filterValue, packageValue } from "./build-value.js";
import { addPackage, setBound, setField } from "./edit.js";
import { filterHolds, globals } from "./filter.js";
import { allowsVersion, atom, filterFormula } from "./formula.js";
import { parseOpam } from "./parse.js";
import { parsePackage } from "./parse-typed.js";
import { printOpam, printValue } from "./print.js";
import { compareVersions, versionKey } from "./version.js";

const head = 'opam-version: "2.0"\nsynopsis: "x"\nmaintainer: "x <x@example.org>"\n';

const environment = {
  "v-true": true,
  "v-false": "false",
  "v-text": "text",
  "v-linux": "linux",
  "v-number": "1.9",
};
const environmentOption = [
  "--environment",
  Object.entries(environment)
    .map(([variable, value]) => (value === true ? variable : `${variable}=${value}`))
    .join(","),
];

test.runIf(hasOpam)("versions are in opam's order, and equal as for opam", () => {
  const samples = new Set(fc.sample(version, { numRuns: 1500, seed: 1 }));
  const [listed] = listPackages(new Map([...samples].map((sample) => [`p.${sample}`, head])), []);
  const sorted = [...samples].sort(compareVersions).map(versionKey);
  expect(listed?.map((id) => versionKey(id.slice("p.".length)))).toEqual([...new Set(sorted)]);
});

test.runIf(hasOpam)("filters hold where they do for opam", () => {
  const filters = fc.sample(filter, { numRuns: 600, seed: 2 });
  const packages = new Map(
    filters.map((available, i) => [
      `p.${i}`,
      head + printOpam({ items: [field("available", filterValue(available))] }),
    ]),
  );
  const [listed] = listPackages(packages, ["--available", ...environmentOption]);
  const env = globals(environment);
  const holding = filters.flatMap((available, i) =>
    filterHolds(available, env) ? [`p.${i}`] : [],
  );
  expect(listed).toEqual(holding);
});

test.runIf(hasOpam)("conditions allow the versions that they allow for opam", () => {
  const dependencies = fc
    .sample(condition, { numRuns: 400, seed: 3 })
    .map((any) => parsePackage(printValue(packageValue({ name: "q", condition: any }))));
  const packages = new Map(
    dependencies.map((dependency, i) => [
      `p.${i}`,
      head + printOpam({ items: [field("depends", packageValue(dependency))] }),
    ]),
  );
  const wanted = ["1", "2", "5", "8", "9"];
  for (const v of wanted) packages.set(`q.${v}`, head);
  const listed = listPackages(
    packages,
    ...wanted.map((v) => ["--available", ...environmentOption, `--depends-on=q.${v}`]),
  );
  const expected = wanted.map((v) =>
    dependencies.flatMap((dependency, i) => {
      const env = globals({ ...environment, version: String(i) });
      const resolved = filterFormula(atom(dependency), env);
      const allowed = resolved.kind === "atom" && allowsVersion(resolved.atom.versions, v);
      return allowed ? [`p.${i}`] : [];
    }),
  );
  expect(listed).toEqual(expected);
});

/** The numbers of the warnings and errors of `opam lint`. */
function lint(texts: readonly string[]): string[] {
  const files = new Map(texts.map((text, i) => [`${i}.opam`, text]));
  return withFolder(files, (folder) =>
    opam(folder, "lint", "--short", ...files.keys()).stdout.split("\n"),
  );
}

test.runIf(hasOpam && hasCorpus)("opam lint says of printed files what it says of theirs", () => {
  const texts = [...readCorpus().values()]
    .filter((_, i) => i % 200 === 0)
    .map((bytes) => parseOpam(bytes));
  expect(lint(texts.map(printOpam))).toEqual(lint(texts.map(({ text }) => text)));
});

test.runIf(hasOpam)("opam accepts what edits make", () => {
  let text = 'opam-version: "2.0" # x\nmaintainer: "x <x@example.org>"\ndepends: "a"\n';
  const before = lint([text]);
  text = addPackage(text, parsePackage('"b" {with-test & < "2"}'));
  text = setBound(text, "b", { op: ">=", version: "1.0~rc1" });
  text = setField(text, "x-note", 'a "b"\n\\ c\n');
  expect(text).toContain('"b" {with-test & < "2" & >= "1.0~rc1"}');
  expect(lint([text])).toEqual(before);
});
