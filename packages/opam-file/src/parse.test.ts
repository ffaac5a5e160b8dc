import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { MirageError } from "@mirage/diagnostics";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pieces } from "../testing/arbitraries.js";
import type { Item, OpamFile, Value } from "./ast.js";
import { parseByGrammar, parseFields, parseOpam, parseValue } from "./parse.js";
import { scanItems } from "./scanner.js";
import { maxLength, maxNesting } from "./text.js";

const forms = readFileSync(new URL("../testdata/forms.opam", import.meta.url), "utf8");

/** What a parser makes of a text: its items, or the code of its error. */
function outcome(parse: (text: string) => OpamFile, text: string): readonly Item[] | string {
  try {
    return parse(text).items;
  } catch (error) {
    if (!(error instanceof MirageError)) throw error;
    return error.code;
  }
}

/** Whether the scanner alone reads a text as the grammar does, or refuses it as the grammar does. */
function agree(text: string): boolean {
  const items = outcome(parseByGrammar, text);
  if (items === "ERR_MIRAGE_OPAM_FORMAT_VERSION") return scanItems(text) !== undefined;
  return isDeepStrictEqual(scanItems(text), typeof items === "string" ? undefined : items);
}

function failure(text: string | Uint8Array): MirageError {
  try {
    parseOpam(text);
  } catch (error) {
    if (error instanceof MirageError) return error;
    throw error;
  }
  throw new Error("expected a refusal");
}

/** `line:column CODE` of the error that a text causes. */
function place(text: string | Uint8Array): string {
  const { code, span } = failure(text);
  return `${span?.start.line}:${span?.start.column} ${code.replace("ERR_MIRAGE_OPAM_", "")}`;
}

/** A value without its offsets, briefly: strings, identifiers and lists as those of JSON. */
function brief(value: Value): unknown {
  switch (value.kind) {
    case "string":
    case "int":
    case "bool":
      return value.value;
    case "ident":
      return `$${value.name}`;
    case "list":
      return value.items.map(brief);
    case "group":
    case "and":
    case "or":
      return { [value.kind]: value.items.map(brief) };
    case "option":
      return { value: brief(value.value), options: value.options.map(brief) };
    case "relop":
    case "env":
      return { [value.op]: [brief(value.left), brief(value.right)] };
    case "prefix-relop":
      return { [value.op]: brief(value.value) };
    default:
      return { [value.kind]: brief(value.value) };
  }
}

function field(text: string): unknown {
  return brief(parseValue(text));
}

describe("values", () => {
  test.each<[string, unknown]>([
    ["true", true],
    ["trueish", "$trueish"],
    ["true:x", "$true:x"],
    ["-7", -7],
    ["-0", 0],
    ["1_000", 1000],
    ["1a", "$1a"],
    ["_:share", "$_:share"],
    ["a+_+b:installed", "$a+_+b:installed"],
    ["[]", []],
    ["()", { group: [] }],
    ['"a" {}', { value: "a", options: [] }],
    ['"a" {x} {"y"}', { value: { value: "a", options: ["$x"] }, options: ["y"] }],
    ['a="1"', { "=": ["$a", "1"] }],
    ['a ~ "1"', { ">=": ["$a", "1"] }],
    ['A =+ "1"', { "=+": ["$A", "1"] }],
    ['A =+= "1"', { "=+=": ["$A", "1"] }],
    ['!= "1"', { "!=": "1" }],
    ["a | b & c | d", { or: ["$a", { and: ["$b", "$c"] }, "$d"] }],
    ["(a | b) & c", { and: [{ group: [{ or: ["$a", "$b"] }] }, "$c"] }],
    ["!a & b", { and: [{ not: "$a" }, "$b"] }],
    ['!a = "b"', { not: { "=": ["$a", "b"] } }],
    ["!a {b}", { not: { value: "$a", options: ["$b"] } }],
    ["a & b {c}", { and: ["$a", { value: "$b", options: ["$c"] }] }],
    ["[a = b = c]", [{ "=": ["$a", "$b"] }, { "=": "$c" }]],
    ["[a b=c !d]", ["$a", { "=": ["$b", "$c"] }, { not: "$d" }]],
  ])("%s", (text, expected) => {
    expect(field(text)).toEqual(expected);
  });
});

describe("strings", () => {
  test.each([
    ['"\\n\\r\\t\\b\\\\\\"\\\'\\ "', "\n\r\t\b\\\"' "],
    ['"\\065\\x42"', "AB"],
    ['"one \\\n \t two"', "one two"],
    ['"one \\\r\n two"', "one two"],
    ['"one\r\ntwo\rthree"', "one\ntwo\rthree"],
    ['"\\195\\169"', "é"],
    ['"\\195\\\n  \\169"', "é"],
    ['"\\195 \\169"', "\udcc3 \udca9"],
    ['"\\xff\\000"', "\udcff\0"],
    ['""', ""],
    ['""""""', ""],
    ['"""a "b" ""c"""', 'a "b" ""c'],
    ['"""a\\""""', 'a"'],
    ['"""\\\n  a\n  b"""', "a\n  b"],
    ['"# (* not a comment"', "# (* not a comment"],
  ])("%s", (text, expected) => {
    expect(field(text)).toBe(expected);
    const [item] = parseByGrammar(`f: ${text}`).items;
    expect(item?.kind === "field" && brief(item.value)).toBe(expected);
  });
});

test("comments and blanks stand between any tokens", () => {
  const { items } = parseOpam('# a\n(* b (* c *) " *) f (**): [ "x" (*)*) {# }\n} ]\r\n#end');
  expect(items.map((item) => item.kind === "field" && brief(item.value))).toEqual([
    [{ value: "x", options: [] }],
  ]);
});

test("sections nest and have labels", () => {
  const { items } = parseOpam('a {} b "c" { d: 1 e { f: 2 } }');
  expect(items).toMatchObject([
    { name: "a", label: undefined, items: [] },
    { name: "b", label: "c", items: [{ name: "d" }, { name: "e", items: [{ name: "f" }] }] },
  ]);
});

test("offsets mark what was read", () => {
  const text = 'é: "🐫" {>= "1" & !x} # c\ns { a: [b] }';
  const { items } = parseOpam(text.replace("é", "e"));
  const marked = (node: { start: number; end: number }) => text.slice(node.start, node.end);
  const [first, second] = items;
  expect(items.map(marked)).toEqual(['é: "🐫" {>= "1" & !x}', "s { a: [b] }"]);
  if (first?.kind !== "field" || first.value.kind !== "option") throw new Error("not an option");
  expect(marked(first.value)).toBe('"🐫" {>= "1" & !x}');
  expect(first.value.options.map(marked)).toEqual(['>= "1" & !x']);
  if (second?.kind !== "section") throw new Error("not a section");
  expect(second.items.map(marked)).toEqual(["a: [b]"]);
});

describe("errors", () => {
  test.each([
    ['a: "x', "1:4 UNTERMINATED_STRING"],
    ['a: """x"\n"', "1:4 UNTERMINATED_STRING"],
    ['a: "x\\', "1:4 UNTERMINATED_STRING"],
    ["a: 1\n(* (* *)", "2:1 UNTERMINATED_COMMENT"],
    ['a: "\n\\q"', "2:1 ESCAPE"],
    ['a: "\\256"', "1:5 ESCAPE"],
    ["a: [1\n2", "2:2 SYNTAX"],
    ["a: [1)", "1:6 SYNTAX"],
    ["a: ]", "1:4 SYNTAX"],
    ["a 1", "1:3 SYNTAX"],
    ["a:b", "1:4 SYNTAX"],
    ["true: 1", "1:1 SYNTAX"],
    ["a: _", "1:4 SYNTAX"],
    ["a: 1-2", "1:4 SYNTAX"],
    ["a: 99999999999999999999", "1:4 SYNTAX"],
    ["a: [1, 2]", "1:6 SYNTAX"],
    ["a: b =:= c", "1:6 SYNTAX"],
    ["a: 1 }", "1:6 SYNTAX"],
    ["a: 1\rb: 2", "1:5 SYNTAX"],
    ["\ufeffa: 1", "1:1 ENCODING"],
    ['a: "x\0"', "1:6 ENCODING"],
    ["", "accepted"],
  ])("%j", (text, expected) => {
    if (expected === "accepted") expect(parseOpam(text).items).toEqual([]);
    else expect(place(text)).toBe(expected);
  });

  test.each<[string, string, string | undefined]>([
    ["a: [1, 2]", "expected a value or `]`, but found `,`", "separate values by blanks"],
    [
      "a: [1",
      "expected a value or `]`, but the file ends",
      "the `[` of line 1, column 4 is still open",
    ],
    ["a: { [1 }", "expected a value, but found `{`", undefined],
    [
      "a: ([1)",
      "expected a value or `]`, but found `)`",
      "the `[` of line 1, column 5 is still open",
    ],
    [
      "flags:plugin\n",
      "expected `:`, but the file ends",
      "put a blank after the colon: `flags: plugin`",
    ],
    ["a: b &&\nc", "expected a value, but found `&`", undefined],
    ["a: 'x'", "expected a value, but found `'`", 'write strings between double quotes: `"…"`'],
  ])("%j explains itself", (text, message, hint) => {
    expect(failure(text)).toMatchObject({ message, hint });
  });

  test("mention the file", () => {
    expect(() => parseOpam("a", "lwt.opam")).toThrow(
      expect.objectContaining({ span: expect.objectContaining({ file: "lwt.opam" }) }),
    );
  });
});

describe("opam-version", () => {
  test.each([
    ['opam-version: "2.0" a: 1 opam-version: "2.0"', undefined],
    ['a: 1 opam-version: "2.0"', undefined],
    ['opam-version: "2.1" a: 1', undefined],
    ['a: 1 opam-version: "2.1"', "`opam-version` must be the first field of the file"],
    ['opam-version: "2.1" opam-version: "2.0"', "the field `opam-version` is repeated"],
  ])("%s", (text, message) => {
    if (message === undefined) expect(parseOpam(text).items).not.toEqual([]);
    else expect(() => parseOpam(text)).toThrow(message);
  });
});

test("reads the other files of opam", () => {
  const texts = [
    'opam-version: "2.0"\nannounce: ["""\nRead this""" {opam-version >= "2.2"}]\nstamp: "0123"\n',
    'opam-version: "2.0"\ncompiler: ["ocaml.5.3.0"]\npinned: "x.~dev"\npackage "x" {\n}\n',
    'opam-version: "2.0"\npaths {\n\n}\nvariables {\n  user: "root"\n}\ninvariant: ["a" {= "1"}]\n',
    'opam-version: "2.0"\ndepends: [\n  "a" {= "1.0"}\n]\npin-depends: ["b.1" "https://x#y"]\n',
  ];
  const names = texts.map((text) =>
    parseOpam(text)
      .items.map(({ name }) => name)
      .join(" "),
  );
  expect(names).toEqual([
    "opam-version announce stamp",
    "opam-version compiler pinned package",
    "opam-version paths variables invariant",
    "opam-version depends pin-depends",
  ]);
});

describe("bytes", () => {
  test("may be cut anywhere", () => {
    const bytes = Buffer.from('a: "ü€🐫" b: ["\\195" {>= "1" & !c}] d { e: 1 } # ü');
    for (let end = 0; end <= bytes.length; end++) {
      const cut = outcome(() => parseOpam(bytes.subarray(0, end)), "");
      expect(typeof cut === "string" ? cut : "read").toMatch(/^ERR_MIRAGE_OPAM_|^read$/);
    }
    expect(outcome(() => parseOpam(bytes), "")).toHaveLength(3);
  });

  test("are read as UTF-8", () => {
    expect(parseOpam(Buffer.from('a: "ü"')).text).toBe('a: "ü"');
    expect(parseOpam(new Uint8Array(Buffer.from('xxa: "ü"')).subarray(2)).text).toBe('a: "ü"');
  });

  test.each([
    [[0xff], "1:7"],
    [[0xc3], "1:7"],
    [[0xc0, 0x80], "1:7"],
    [[0xe2, 0x82], "1:7"],
    [[0xed, 0xa0, 0x80], "1:7"],
    [[0xf4, 0x90, 0x80, 0x80], "1:7"],
  ])("that aren't UTF-8 are refused where they are: %j", (bytes, expected) => {
    const text = Buffer.concat([Buffer.from('a: "ü€'), Buffer.from(bytes), Buffer.from('"')]);
    expect(place(text)).toBe(`${expected} ENCODING`);
  });
});

describe("large and deep input", () => {
  test.each(["[", "(", "{", "!", "a {", "x [", '[ "', "(*", '"""'])(
    "100,000 times %s is refused",
    (piece) => {
      expect(failure(`a: b ${piece.repeat(100_000)}`).span).toBeDefined();
    },
  );

  test("values nest up to the limit", () => {
    const nested = (depth: number) => `a: ${"[".repeat(depth)}${"]".repeat(depth)}`;
    expect(parseOpam(nested(maxNesting))).toEqual(parseByGrammar(nested(maxNesting)));
    expect(place(nested(maxNesting + 1))).toBe(`1:${4 + maxNesting} NESTING`);
    expect(place(`a: b${" {}".repeat(maxNesting + 1)}`)).toMatch(/NESTING$/);
    expect(place(`${"a {".repeat(maxNesting + 1)}`)).toMatch(/NESTING$/);
  });

  test("what doesn't nest may be long", () => {
    const many = 50_000;
    const chain = parseOpam(`a: ${"x & y | ".repeat(many)}z`).items[0];
    if (chain?.kind !== "field" || chain.value.kind !== "or") throw new Error("not an or");
    expect(chain.value.items.length).toBe(many + 1);
    expect(parseOpam(`a: [${"1 ".repeat(many)}]`).items).toHaveLength(1);
    expect(parseOpam("a: 1\n".repeat(many)).items).toHaveLength(many);
    expect(parseOpam(`a: "${"\\n\r\n".repeat(many)}"`).items).toHaveLength(1);
  });

  test("what is longer than the limit is refused", () => {
    expect(place("#".repeat(maxLength + 1))).toBe(`1:${maxLength + 1} TOO_LONG`);
    expect(place(Buffer.alloc(50_000_000, "["))).toBe(`1:${maxLength + 1} TOO_LONG`);
    expect(parseOpam("#".repeat(maxLength)).items).toEqual([]);
  });
});

describe("the scanner and the grammar", () => {
  test("agree on all forms", () => {
    expect(scanItems(forms)).toEqual(parseByGrammar(forms).items);
  });

  test("agree on every beginning of a file", () => {
    for (let end = 0; end <= forms.length; end++) {
      const text = forms.slice(0, end);
      if (!agree(text)) throw new Error(`they differ on ${JSON.stringify(text)}`);
    }
  });

  test("agree on any pieces of files", () => {
    fc.assert(fc.property(pieces, agree), { numRuns: 2000 });
  });
});

describe("reading some fields", () => {
  const names = new Set(["int", "group", "section", "condition"]);

  test("gives what reading all gives", () => {
    const { items } = parseOpam(forms);
    expect(parseFields(forms, names).items).toEqual(items.filter(({ name }) => names.has(name)));
    expect(parseFields(forms, new Set()).items).toEqual([]);
  });

  test.each(['a: ["x', "a: [ (* ]", "a: [[]", 'a: b { "}"', "a { b: [", "a: ", 'a: "\\"'])(
    "notices what is unclosed elsewhere: %s",
    (text) => {
      expect(outcome((input) => parseFields(input, names), text)).toMatch(/^ERR_MIRAGE_OPAM_/);
    },
  );
});
