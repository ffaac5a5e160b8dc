import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { toXlValue, type XlInput, type XlValue } from "./config.js";
import { parseXlConfig, readXlConfig } from "./parse.js";

/** Keys and plain values, for files without errors. */
function parsed(text: string): [string, XlInput][] {
  const { config, diagnostics } = parseXlConfig(text, "t.xl");
  expect(diagnostics).toEqual([]);
  return (config?.entries ?? []).map(({ key, operator, value }) => [
    operator ? `${key}${operator}` : key,
    plain(value),
  ]);
}

function plain(value: XlValue): XlInput {
  return value.kind === "list" ? value.items.map(plain) : value.value;
}

/** `line:column message` of every problem. */
function problems(text: string): string[] {
  const { config, diagnostics } = parseXlConfig(text, "t.xl");
  expect(config).toBeUndefined();
  return diagnostics.map(
    ({ span, message }) => `${span?.start.line}:${span?.start.column} ${message}`,
  );
}

test.each<[string, [string, XlInput][]]>([
  ["", []],
  ["# nothing\n\n ;; \n", []],
  ['name = "www"\n', [["name", "www"]]],
  ["name='www'", [["name", "www"]]],
  [
    'a="1"; b=2 ;c = [ ] # and more\nd=3',
    [
      ["a", "1"],
      ["b", 2],
      ["c", []],
      ["d", 3],
    ],
  ],
  [
    "memory = 0x20\nmaxmem = 040\nvcpus = 0\n",
    [
      ["memory", 32],
      ["maxmem", 32],
      ["vcpus", 0],
    ],
  ],
  ["vif = [ 'a', \"b\", ]\n", [["vif", ["a", "b"]]]],
  ["disk = [\n  'a', # the first\n  # none\n\n  'b'\n  ,\n]\n", [["disk", ["a", "b"]]]],
  ["x = [ 1, [ 'a', [] ], [ [ 2 ] ] ]\n", [["x", [1, ["a", []], [[2]]]]]],
  [
    "cmdline = 'a'\ncmdline += \"b\"\n",
    [
      ["cmdline", "a"],
      ["cmdline+=", "b"],
    ],
  ],
  ["\tx\t=\t1\t\n", [["x", 1]]],
  ["x.y_9 = '#;[]='\n", [["x.y_9", "#;[]="]]],
  [String.raw`x = "\a\b\f\n\r\t\v\\\'\""`, [["x", "\x07\b\f\n\r\t\v\\'\""]]],
  [`x = 'say "hello"'`, [["x", 'say "hello"']]],
  ["x = 'é\u{1f42b}'\n", [["x", "é\u{1f42b}"]]],
])("%j", (text, expected) => {
  expect(parsed(text)).toEqual(expected);
});

test.each<[string, string[]]>([
  ["name = www\n", ["1:8 `www` is neither a number nor in quotes"]],
  ["name: 'www'\n", ["1:5 `name` is not followed by `=`"]],
  ["name\nb = 1\n", ["1:1 `name` is not followed by `=`"]],
  ["name =\nb = 1\n", ["1:1 `name` has no value"]],
  ["name = # none\n", ["1:8 `name` has no value"]],
  ["Name = 'a'\n", ["1:1 `Name` is not a key: xl wants small letters, digits, `_` and `.`"]],
  [
    "on-crash = 'a'\n",
    ["1:1 `on-crash` is not a key: xl wants small letters, digits, `_` and `.`"],
  ],
  ["9 = 1\n", ["1:1 `9` is not the beginning of an assignment"]],
  ["= 1\n", ["1:1 `=` is not the beginning of an assignment"]],
  ["vcpus = -1\n", ["1:9 `-1` is neither a number nor in quotes"]],
  ["vcpus = 09\n", ["1:9 `09` is neither a number nor in quotes"]],
  ["memory = 0x2A\n", ["1:10 `0x2A` is neither a number nor in quotes"]],
  ["memory = 9007199254740992\n", ["1:10 `9007199254740992` is too large a number"]],
  ["memory = 1 2\n", ["1:12 `2` does not belong behind the value of `memory`"]],
  ["a = 'b' c = 'd'\n", ["1:9 `c` does not belong behind the value of `a`"]],
  ["vif = ( 'a' )\n", ["1:7 `(` is Python, which xl does not run"]],
  ["x = os.getcwd()\n", ["1:14 `()` is Python, which xl does not run"]],
  ["x = \\\n1\n", ["1:5 there is no line continuation in an xl file"]],
  ["x = 'a\\\nb'\n", ["1:7 there is no line continuation in an xl file"]],
  ["x = 'a\ny = 1\n", ["1:5 the string has no closing quote"]],
  [
    "x = '\\x41\\101\\z\\\\'\n",
    [
      "1:6 xl does not know the escape `\\x`",
      "1:10 xl does not know the escape `\\1`",
      "1:14 xl does not know the escape `\\z`",
    ],
  ],
  ["x = [ 'a' 'b' ]\n", ["1:11 a comma is missing before `'b'`"]],
  [
    "x = [ 'a'\n      'b',\n      'c' ]\ny = z\n",
    ["2:7 a comma is missing before `'b',`", "4:5 `z` is neither a number nor in quotes"],
  ],
  ["x = [ , ]\n", ["1:7 a value is missing before this comma"]],
  ["x = [ 1,, 2 ]\n", ["1:9 a value is missing before this comma"]],
  [
    "x = [ 'a'\n\nmemory = 16\nz = y\n",
    ["1:5 the list of `x` has no closing `]`", "4:5 `y` is neither a number nor in quotes"],
  ],
  ["x = [ 'a'", ["1:5 the list of `x` has no closing `]`"]],
  ["x = 1\n# end", ["2:1 the comment on the last line has no line end"]],
  ["x = 1\r\ny = 2\r\n", ["1:6 the line has a carriage return"]],
  ["\ufeffx = 1\n", ["1:1 the file begins with a byte order mark"]],
  ["x = '\0'\n", ["1:6 the file contains a NUL character"]],
  ["x = '\ufffd'\n", ["1:6 the file is not UTF-8 text"]],
])("%j is refused", (text, expected) => {
  expect(problems(text)).toEqual(expected);
});

test("lists that are too deep are refused before they fill the stack", () => {
  expect(problems(`x = ${"[".repeat(100_000)}`)).toEqual(["1:70 lists are nested too deeply"]);
});

test("every problem says what to do", () => {
  const { diagnostics } = parseXlConfig("Name = True\nkernel: x\nmemory = 0XFF\nvif = (1)", "t.xl");
  expect(diagnostics.map(({ hint }) => hint)).toEqual([
    "did you mean `name`?",
    "write `1`",
    "write `kernel = value`",
    "xl wants small letters: `0xff`",
    "write a number, a string in quotes, or a list in square brackets",
  ]);
});

test("positions are those of the file, behind errors too", () => {
  const text = "bad\nvif = [ 'a',\n  'é', x ]\n";
  const [, second] = parseXlConfig(text, "t.xl").diagnostics;
  expect(second?.span).toEqual({
    file: "t.xl",
    start: { offset: 24, line: 3, column: 8 },
    end: { offset: 25, line: 3, column: 9 },
  });
});

test("values know where they are written", () => {
  const { config } = parseXlConfig("a = 1\nvif = [ 'x' ]\n", "t.xl");
  const value = config?.entries[1]?.value;
  expect(value?.span?.start).toMatchObject({ line: 2, column: 7 });
  expect(value?.kind === "list" && value.items[0]?.span?.end).toMatchObject({ column: 12 });
});

test("numbers keep the form they were written in", () => {
  const { config } = parseXlConfig("a = 0x10\nb = 16\n", "t.xl");
  expect(config?.entries.map(({ value }) => value)).toMatchObject([
    { value: 16, text: "0x10" },
    { value: 16 },
  ]);
  expect(config?.entries[1]?.value).not.toHaveProperty("text");
});

test("reading a file throws all its problems at once", async () => {
  const folder = await mkdtemp(join(tmpdir(), "mirage-xl-"));
  try {
    const file = join(folder, "t.xl");
    await writeFile(file, "name = 'www'\n");
    expect(await readXlConfig(file)).toMatchObject({ entries: [{ key: "name" }] });
    await writeFile(file, "a = b\nc = d\n");
    await expect(readXlConfig(file)).rejects.toMatchObject({
      code: "ERR_MIRAGE_XL_FILE",
      details: [{ code: "ERR_MIRAGE_XL_SYNTAX" }, { code: "ERR_MIRAGE_XL_SYNTAX" }],
    });
    await expect(readXlConfig(join(folder, "absent"))).rejects.toMatchObject({
      code: "ERR_MIRAGE_SYSTEM_ENOENT",
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("hostile input takes no time and breaks nothing", () => {
  for (const piece of [
    "[",
    "a=[",
    "a=1 ",
    "'",
    "\\",
    "a",
    "a=\n",
    "a = [ 'x'\n",
    "a = [\n",
    "#",
    ";",
  ]) {
    expect(parseXlConfig(piece.repeat(2_000), "t.xl").diagnostics.length).toBeLessThan(27);
  }
});

test("plain values", () => {
  expect(toXlValue([true, -1, 2.5, "a"])).toEqual({
    kind: "list",
    items: [
      { kind: "number", value: 1 },
      { kind: "string", value: "-1" },
      { kind: "string", value: "2.5" },
      { kind: "string", value: "a" },
    ],
  });
});
