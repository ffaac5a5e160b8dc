import { toXlValue, type XlConfig, type XlInput, type XlValue } from "./config.js";

/**
 * The value of a key as xl takes it: the last `=` counts, and what `+=` appends to it. Nothing if the
 * key is absent, or text and lists are appended to each other.
 */
export function getValue(config: XlConfig, key: string): XlValue | undefined {
  let value: XlValue | undefined;
  for (const entry of config.entries) {
    if (entry.key !== key) continue;
    value = entry.operator === "+=" && value ? append(value, entry.value) : entry.value;
  }
  return value;
}

function append(before: XlValue, added: XlValue): XlValue | undefined {
  if (before.kind === "list" && added.kind === "list") {
    return { ...added, items: [...before.items, ...added.items] };
  }
  if (before.kind === "list" || added.kind === "list") return undefined;
  return { kind: "string", value: textOf(before) + textOf(added) };
}

/** The text of a string or a number, which xl does not tell apart. */
function textOf(value: Exclude<XlValue, { kind: "list" }>): string {
  return value.kind === "string" ? value.value : (value.text ?? String(value.value));
}

/** The text of a key; nothing if it is absent or a list. */
export function getString(config: XlConfig, key: string): string | undefined {
  const value = getValue(config, key);
  return value === undefined || value.kind === "list" ? undefined : textOf(value);
}

/** The number of a key, which may stand in quotes; nothing if it is absent or no number. */
export function getNumber(config: XlConfig, key: string): number | undefined {
  const value = getValue(config, key);
  return value && readNumber(value);
}

/** A value as a number, in the forms that `strtol` reads with base 0. */
export function readNumber(value: XlValue): number | undefined {
  if (value.kind === "list") return undefined;
  if (value.kind === "number") return value.value;
  const [, sign, digits = ""] = /^\s*([-+]?)(0x[0-9a-f]+|[0-9]+)$/i.exec(value.value) ?? [];
  const number = Number(/^0[0-7]+$/.test(digits) ? `0o${digits}` : digits);
  if (digits === "" || /^0[0-9]*[89]/.test(digits)) return undefined;
  return sign === "-" ? -number : number;
}

/** The strings of a list; empty if the key is absent or no list. */
export function getStrings(config: XlConfig, key: string): readonly string[] {
  const value = getValue(config, key);
  if (value?.kind !== "list") return [];
  return value.items.flatMap((item) => (item.kind === "list" ? [] : [textOf(item)]));
}

/** The config with another value of a key, in the place of its first entry, or else at the end. */
export function setValue(config: XlConfig, key: string, value: XlInput): XlConfig {
  const entry = { key, value: toXlValue(value) };
  const first = config.entries.findIndex((other) => other.key === key);
  if (first === -1) return { entries: [...config.entries, entry] };
  const others = (entries: XlConfig["entries"]) => entries.filter((other) => other.key !== key);
  return {
    entries: [
      ...others(config.entries.slice(0, first)),
      entry,
      ...others(config.entries.slice(first + 1)),
    ],
  };
}
