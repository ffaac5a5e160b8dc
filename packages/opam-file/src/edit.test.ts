import { expect, test } from "vitest";
import { addPackage, removeField, removePackage, setBound, setField } from "./edit.js";
import { parsePackage } from "./parse-typed.js";

const file = `# my package
opam-version: "2.0"
synopsis:   "x"   # keep
depends: [
    "ocaml"     {>= "4.08"}  # the compiler
    "dune" # builds
  # "not-this"
    ("a" | "b" {with-test})
]
conflicts: "old"
url {
  src: "https://example.org/x.tar.gz"
}
`;

/** The lines that differ between two texts, marked as a patch does. */
function changes(before: string, after: string): string[] {
  const [old, now] = [before.split("\n"), after.split("\n")];
  const first = now.findIndex((line, i) => line !== old[i]);
  const same = now.toReversed().findIndex((line, i) => line !== old.at(-1 - i));
  // Where a line is repeated, it must not count on both sides.
  const kept = Math.min(same, Math.min(old.length, now.length) - first);
  const changed = (lines: string[]) => lines.slice(first, lines.length - kept);
  return [...changed(old).map((line) => `-${line}`), ...changed(now).map((line) => `+${line}`)];
}

test("sets a field where it stands", () => {
  expect(changes(file, setField(file, "synopsis", "y"))).toEqual([
    '-synopsis:   "x"   # keep',
    '+synopsis:   "y"   # keep',
  ]);
});

test("adds a field where opam's order wants it", () => {
  expect(changes(file, setField(file, "license", "ISC"))).toEqual(['+license: "ISC"']);
  expect(setField(file, "license", "ISC")).toContain('# keep\nlicense: "ISC"\ndepends');
  expect(setField(file, "x-mirage", ["a"])).toContain('conflicts: "old"\nx-mirage: ["a"]\nurl {');
  expect(setField("", "name", "x")).toBe('name: "x"\n');
  expect(setField('name: "x"', "version", "1")).toBe('name: "x"\nversion: "1"');
  expect(setField('version: "1"', "name", "x")).toBe('name: "x"\nversion: "1"');
  expect(setField('name: "x" (* a\nb *)\n', "version", "1")).toBe(
    'name: "x"\nversion: "1" (* a\nb *)\n',
  );
});

test("keeps the line ends of the file", () => {
  expect(setField('name: "x"\r\n', "version", "1")).toBe('name: "x"\r\nversion: "1"\r\n');
  const added = addPackage('depends: [\r\n  "a"\r\n]\r\n', parsePackage('"b"'));
  expect(added).toBe('depends: [\r\n  "a"\r\n  "b"\r\n]\r\n');
});

test("removes a field with its comment", () => {
  expect(changes(file, removeField(file, "synopsis"))).toEqual(['-synopsis:   "x"   # keep']);
  expect(removeField(file, "flags")).toBe(file);
  expect(removeField('name: "x" version: "1"', "version")).toBe('name: "x"');
  expect(removeField('name: "x" version: "1"', "name")).toBe('version: "1"');
});

test("adds a package in the layout of the others", () => {
  const lwt = parsePackage('"lwt" {>= "5.0" & with-test}');
  expect(changes(file, addPackage(file, lwt))).toEqual(['+    "lwt" {>= "5.0" & with-test}']);
  expect(addPackage('depends: ["a" "b"]', lwt)).toBe(
    'depends: ["a" "b" "lwt" {>= "5.0" & with-test}]',
  );
  expect(addPackage("depends: []", parsePackage('"a"'))).toBe('depends: [ "a" ]');
  expect(addPackage("depends: [ (* none *) ]", parsePackage('"a"'))).toBe(
    'depends: [ (* none *) "a"]',
  );
  expect(addPackage("depends: [\n  # none\n]", parsePackage('"a"'))).toBe(
    'depends: [\n  # none\n  "a"\n]',
  );
  expect(addPackage('depends: [\n  "a" # first\n]', parsePackage('"b"'))).toBe(
    'depends: [\n  "a" # first\n  "b"\n]',
  );
  expect(addPackage('name: "x"\n', parsePackage('"a"'), "depopts")).toBe(
    'name: "x"\ndepopts: ["a"]\n',
  );
});

test("adds to a value without brackets by an operator", () => {
  expect(changes(file, addPackage(file, parsePackage('"new"'), "conflicts"))).toEqual([
    '-conflicts: "old"',
    '+conflicts: "old" | "new"',
  ]);
  const b = parsePackage('"b"');
  expect(addPackage('depends: "a" {>= "1"}', b)).toBe('depends: "a" {>= "1"} & "b"');
  expect(addPackage('depends: "a" | "c"', b)).toBe('depends: ("a" | "c") & "b"');
  expect(removePackage('depends: "a" & "b" & "c"', "a")).toBe('depends: "b" & "c"');
});

test.each([
  ["", "depends"],
  ['name: "x"', "depends"],
  ['name: "x"\r\nurl {\r\n}', "depends"],
  ["depends: []", "depends"],
  ["depends: [ ]", "depends"],
  ["depends: [\n]", "depends"],
  ["depends: [\n\n  ]\n", "depends"],
  ["depends: [ # none\n (* at all *) ]\n", "depends"],
  ['depends: "a"\n', "depends"],
  ['depends: "a" {x} & "b"\n', "depends"],
  ['depends: "a" | "b" # either\n', "depends"],
  ['depends: ("a" | "b")\n', "depends"],
  ['depends: (("a" | "b"))\n', "depends"],
  ['conflicts: "a" | "b"\n', "conflicts"],
  ['depopts: "a" & "b"\n', "depopts"],
  ['depends: [\n  "a" \n]\n', "depends"],
  ['depends: [\n  "a"]\n', "depends"],
  ['depends: ["a" # first\n  "b" # second\n]\n', "depends"],
  ['synopsis: """\nx\n"""url { }\n', "depends"],
  ['(* a\n b *) build: "x"\n', "name"],
] as const)("leaves no trace of what is added and removed again: %j", (text, field) => {
  if (field === "name") {
    expect(removeField(setField(text, field, "z"), field)).toBe(text);
    return;
  }
  const added = addPackage(text, parsePackage('"z" {>= "1"}'), field);
  expect(added).not.toBe(text);
  expect(removePackage(added, "z", field)).toBe(text);
  expect(removeField(setField(text, "x-z", ["a", "b"]), "x-z")).toBe(text);
});

test("refuses to add a package twice", () => {
  expect(() => addPackage(file, parsePackage('"b"'))).toThrow("`depends` mentions `b` already");
});

test("removes a package with its line", () => {
  expect(changes(file, removePackage(file, "ocaml"))).toEqual([
    '-    "ocaml"     {>= "4.08"}  # the compiler',
  ]);
  expect(removePackage('depends: ["a" "b" "c"]', "a")).toBe('depends: ["b" "c"]');
  expect(removePackage('depends: ["a" "b" "c"]', "b")).toBe('depends: ["a" "c"]');
  expect(removePackage('depends: ["a" "b" {x}]', "b")).toBe('depends: ["a"]');
  expect(removePackage(file, "old", "conflicts")).toBe(file.replace('conflicts: "old"\n', ""));
  expect(removePackage(file, "absent")).toBe(file);
  expect(() => removePackage(file, "b")).toThrow("`b` is part of a larger formula");
});

test.each([
  ['"x"', '"x" {>= "2"}'],
  ['"x" {}', '"x" {>= "2"}'],
  ['"x" {with-test}', '"x" {with-test & >= "2"}'],
  ['"x" {>= "1"   & with-test}', '"x" {>= "2"   & with-test}'],
  ['"x" {> "1" & < "3"}', '"x" {>= "2" & < "3"}'],
  ['"x" {with-test & (> "1")}', '"x" {with-test & (>= "2")}'],
  ['"x" {= version}', '"x" {>= "2"}'],
  ['"x" {!= "1"}', '"x" {!= "1" & >= "2"}'],
  ['"x" {with-test | >= "1"}', '"x" {(with-test | >= "1") & >= "2"}'],
])("sets a lower bound: %s", (before, after) => {
  const text = `depends: ["a" {>= "1"} (${before} | "c")] # end`;
  const edited = setBound(text, "x", { op: ">=", version: "2" });
  expect(edited).toBe(`depends: ["a" {>= "1"} (${after} | "c")] # end`);
});

test("refuses to guess which bound is meant", () => {
  const set = (text: string, name = "x") => setBound(text, name, { op: ">=", version: "2" });
  expect(() => set('depends: ["x" {> "1" & >= "1.5"}]')).toThrow(
    "`x` has more than one such bound",
  );
  expect(() => set('depends: ["x" {< "1"} | "x" {> "3"}]')).toThrow("`x` more than once");
  expect(() => set('name: "x"')).toThrow("`depends` doesn't mention `x`");
  expect(() => set('depends: ["alcotest"]', "alcotset")).toThrow(
    expect.objectContaining({ code: "ERR_MIRAGE_OPAM_EDIT", hint: "did you mean `alcotest`?" }),
  );
});
