import type { Span } from "@mirage/diagnostics";

/** Text in quotes. */
export interface XlString {
  readonly kind: "string";
  readonly value: string;
  /** Where it is written, when it was read from a file. */
  readonly span?: Span;
}

/** A number, not negative: xl has no sign. */
export interface XlNumber {
  readonly kind: "number";
  readonly value: number;
  /** How it is written, when that is not plain decimal: `0x20`, `040`. */
  readonly text?: string;
  readonly span?: Span;
}

export interface XlList {
  readonly kind: "list";
  readonly items: readonly XlValue[];
  readonly span?: Span;
}

export type XlValue = XlString | XlNumber | XlList;

/** One assignment of an xl file. */
export interface XlEntry {
  readonly key: string;
  /** `+=` appends to what the key has so far; `=`, the default, replaces it. */
  readonly operator?: "=" | "+=";
  readonly value: XlValue;
  readonly keySpan?: Span;
}

/** An xl file: its assignments in their order, known keys and others. */
export interface XlConfig {
  readonly entries: readonly XlEntry[];
}

/** What `toXlValue` takes. */
export type XlInput = string | number | boolean | readonly XlInput[];

/**
 * A plain value as a value of an xl file: booleans become 1 and 0, and a number that xl has no
 * literal for (a negative one, a fraction) becomes text, which xl reads as a number where it wants one.
 */
export function toXlValue(input: XlInput): XlValue {
  switch (typeof input) {
    case "string":
      return { kind: "string", value: input };
    case "boolean":
      return { kind: "number", value: input ? 1 : 0 };
    case "number":
      return Number.isSafeInteger(input) && input >= 0
        ? { kind: "number", value: input }
        : { kind: "string", value: String(input) };
    default:
      return { kind: "list", items: input.map(toXlValue) };
  }
}

/** An xl file of these keys and values, in their order. */
export function xlConfig(values: Readonly<Record<string, XlInput>>): XlConfig {
  const entries = Object.entries(values).map(([key, value]) => ({ key, value: toXlValue(value) }));
  return { entries };
}
