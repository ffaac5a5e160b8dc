import fc from "fast-check";
import type { Item, RelOp, Value } from "../src/ast.js";
import { field, ident, option, section, toValue } from "../src/build-value.js";
import type { Filter } from "../src/filter.js";
import {
  and,
  atom,
  type Condition,
  type Formula,
  or,
  type VersionFormula,
} from "../src/formula.js";

export const relOps: readonly RelOp[] = ["=", "!=", "<", "<=", ">", ">="];

const relOp = fc.constantFrom(...relOps);

/** Versions, many of them nearly equal. */
export const version: fc.Arbitrary<string> = fc
  .array(
    fc.constantFrom(..."0", "1", "00", "9", "10", ".", ".", "-", "~", "+", "_", "a", "Z", "v"),
    {
      minLength: 1,
      maxLength: 7,
    },
  )
  .map((parts) => parts.join(""));

/** The variables that {@link filter} mentions. */
export const variables = ["v-true", "v-false", "v-text", "v-linux", "v-number", "v-undefined"];

const filterLeaf: fc.Arbitrary<Filter> = fc.oneof(
  fc.constantFrom(...variables).map(
    (variable): Filter => ({
      kind: "variable",
      packages: [],
      variable,
    }),
  ),
  fc.boolean().map((value): Filter => ({ kind: "bool", value })),
  fc
    .constantFrom(
      "",
      "linux",
      "true",
      "false",
      "1.10",
      "%{v-linux}%",
      "%{v-undefined}%",
      "%%",
      "%{x",
    )
    .map((value): Filter => ({ kind: "string", value })),
);

export const filter: fc.Arbitrary<Filter> = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    filterLeaf,
    fc.record({
      kind: fc.constant("relop" as const),
      op: relOp,
      left: filterLeaf,
      right: filterLeaf,
    }),
    fc.record({
      kind: fc.constantFrom("and" as const, "or" as const),
      items: fc.array(tie("filter"), { minLength: 2, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constantFrom("not" as const, "defined" as const), item: tie("filter") }),
  ),
})).filter;

/** Formulas over any atoms. */
export function formula<A>(atoms: fc.Arbitrary<A>): fc.Arbitrary<Formula<A>> {
  return fc.letrec<{ formula: Formula<A> }>((tie) => ({
    formula: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      atoms.map(atom),
      fc
        .tuple(fc.constantFrom(and, or), fc.array(tie("formula"), { maxLength: 3 }))
        .map(([join, items]) => join<A>(items)),
    ),
  })).formula;
}

/**
 * Conditions of a package: bounds on single-digit versions, and filters, without the one form that
 * opam resolves otherwise in `depends`.
 */
export const condition: fc.Arbitrary<Formula<Condition>> = formula(
  fc.oneof(
    fc.record({
      kind: fc.constant("constraint" as const),
      op: relOp,
      version: fc.oneof(
        fc.integer({ min: 1, max: 9 }).map((n): Filter => ({ kind: "string", value: String(n) })),
        fc
          .constantFrom("version", "v-number")
          .map((variable): Filter => ({ kind: "variable", packages: [], variable })),
      ),
    }),
    filter
      .filter(({ kind }) => kind !== "and" && kind !== "or")
      .filter((any) => !/"defined".*"%\{v-undefined\}%"/.test(JSON.stringify(any)))
      .map((inner) => ({ kind: "filter" as const, filter: inner })),
  ),
);

export const versions: fc.Arbitrary<VersionFormula> = formula(fc.record({ op: relOp, version }));

const text = fc.oneof(
  fc.string({ maxLength: 6, unit: "grapheme" }),
  fc.string({
    maxLength: 12,
    unit: fc.constantFrom("a", '"', "\\", "\n", "\r", "\t", " ", "é", "\udcff"),
  }),
);
const word = fc.constantFrom("a", "with-test", "true-x", "_:share", "a+b:installed", "1a");
const name = fc.constantFrom("depends", "build", "x-field", "opam-version2");

const atomValue = fc.oneof(
  text.map(toValue),
  word.map(ident),
  fc.boolean().map(toValue),
  fc.integer({ min: -1000, max: 1000 }).map(toValue),
) as fc.Arbitrary<Extract<Value, { kind: "string" | "ident" | "bool" | "int" }>>;

const nowhere = { start: fc.constant(0), end: fc.constant(0) };

/** Any values that the grammar can yield, groups apart: the printer sets them where they must be. */
export const value: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    atomValue,
    fc.record({
      kind: fc.constantFrom("list" as const, "group" as const),
      items: fc.array(tie("value"), { maxLength: 4 }),
      ...nowhere,
    }),
    fc
      .tuple(tie("value"), fc.array(tie("value"), { maxLength: 3 }))
      .map(([inner, options]) => option(inner, ...options)),
    fc.record({
      kind: fc.constant("relop" as const),
      op: relOp,
      left: atomValue,
      right: atomValue,
      ...nowhere,
    }),
    fc.record({
      kind: fc.constant("env" as const),
      op: fc.constantFrom(
        "+=" as const,
        "=+" as const,
        ":=" as const,
        "=:" as const,
        "=+=" as const,
      ),
      left: atomValue,
      right: atomValue,
      ...nowhere,
    }),
    fc.record({
      kind: fc.constant("prefix-relop" as const),
      op: relOp,
      value: atomValue,
      ...nowhere,
    }),
    fc.record({
      kind: fc.constantFrom("and" as const, "or" as const),
      items: fc.array(tie("value"), { minLength: 2, maxLength: 3 }),
      ...nowhere,
    }),
    fc.record({
      kind: fc.constantFrom("not" as const, "defined" as const),
      value: tie("value"),
      ...nowhere,
    }),
  ),
})).value;

/** The fields and sections of a file. */
export const items: fc.Arbitrary<Item[]> = fc
  .letrec<{ item: Item }>((tie) => ({
    item: fc.oneof(
      { maxDepth: 2 },
      fc.tuple(name, value).map(([key, contents]) => field(key, contents)),
      fc
        .tuple(name, fc.option(text, { nil: undefined }), fc.array(tie("item"), { maxLength: 3 }))
        .map(([key, label, inner]) => section(key, label, inner)),
    ),
  }))
  .item.map((item) => [item]);

const piece = fc.constantFrom(
  ...['"', '"""', '"x"', "\\", "\\\n", "\\x41", "\\300", "\\195", "(*", "*)", "(", ")", "[", "]"],
  ...["{", "}", ":", "=", "!=", "<", ">=", "~", "+", "+=", "=+", "=:", "=+=", "=:=", "&", "|", "!"],
  ...["?", "#", "\n", "\r\n", "\r", " ", "a", "_", "-", "1", "true", "a:b", "a+b", "é", "$", "x: "],
  ...['opam-version: "2.1"', "a {", "[a]", "{b}"],
);

/** Texts made of what files are made of, in any order. */
export const pieces: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom("", "f: ", "f: ["), fc.array(piece, { maxLength: 12 }))
  .map(([before, parts]) => before + parts.join(""));
