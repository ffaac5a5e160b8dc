import fc from "fast-check";
import { expect, test } from "vitest";
import { type XlConfig, type XlValue, xlConfig } from "./config.js";
import { parseXlConfig } from "./parse.js";
import { printXlConfig } from "./print.js";

test("an ordinary file", () => {
  const text = printXlConfig(
    xlConfig({
      name: "www",
      type: "pvh",
      kernel: "/srv/mir-www.xen",
      memory: 32,
      vif: ["mac=00:16:3e:00:00:02,bridge=xenbr0"],
      disk: ["format=raw,vdev=xvda,access=rw,target=/srv/a.img", "format=raw,vdev=xvdb,target=/b"],
      extra: `say "it's"`,
      pae: true,
      empty: [],
    }),
  );
  expect(text).toBe(`name = "www"
type = "pvh"
kernel = "/srv/mir-www.xen"
memory = 32
vif = [ "mac=00:16:3e:00:00:02,bridge=xenbr0" ]
disk = [
  "format=raw,vdev=xvda,access=rw,target=/srv/a.img",
  "format=raw,vdev=xvdb,target=/b",
]
extra = "say \\"it's\\""
pae = 1
empty = []
`);
});

test.each([
  ["a key with a capital", { entries: [{ key: "Name", value: { kind: "number", value: 1 } }] }],
  ["a key that is empty", { entries: [{ key: "", value: { kind: "number", value: 1 } }] }],
  ["a negative number", { entries: [{ key: "a", value: { kind: "number", value: -1 } }] }],
  ["NUL", { entries: [{ key: "a", value: { kind: "string", value: "\0" } }] }],
  ["half a pair", { entries: [{ key: "a", value: { kind: "string", value: "\ud800" } }] }],
] as [string, XlConfig][])("%s is refused", (_, config) => {
  expect(() => printXlConfig(config)).toThrow(
    expect.objectContaining({ code: "ERR_MIRAGE_XL_VALUE" }),
  );
});

const text = fc
  .string({ unit: "binary" })
  .map((value) => value.replace(/[\0\ufffd\p{Surrogate}]/gu, "'"));
const number = fc.oneof(
  fc.maxSafeNat().map((value) => ({ kind: "number" as const, value })),
  fc.nat().map((value) => ({ kind: "number" as const, value, text: `0x${value.toString(16)}` })),
  fc.integer({ min: 1 }).map((value) => ({
    kind: "number" as const,
    value,
    text: `0${value.toString(8)}`,
  })),
);
const { value } = fc.letrec<{ value: XlValue; list: XlValue }>((tie) => ({
  list: fc.array(tie("value"), { maxLength: 5 }).map((items): XlValue => ({ kind: "list", items })),
  value: fc.oneof(
    { depthSize: "small" },
    text.map((value): XlValue => ({ kind: "string", value })),
    number,
    tie("list"),
  ),
}));
const entry = fc.record(
  {
    key: fc.stringMatching(/^[a-z][._0-9a-z]*$/),
    operator: fc.constant("+=" as const),
    value,
  },
  { requiredKeys: ["key", "value"] },
);

test("what is printed reads back as the same", () => {
  fc.assert(
    fc.property(fc.array(entry), (entries) => {
      const { config, diagnostics } = parseXlConfig(printXlConfig({ entries }), "t.xl");
      expect(diagnostics).toEqual([]);
      expect(JSON.parse(JSON.stringify(config, withoutSpans))).toEqual({ entries });
    }),
  );
});

function withoutSpans(key: string, value: unknown): unknown {
  return key === "span" || key === "keySpan" ? undefined : value;
}
