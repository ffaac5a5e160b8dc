import { MirageError, quote } from "@mirage/diagnostics";
import type { XlConfig, XlEntry, XlList, XlValue } from "./config.js";
import { encodeString } from "./string-literal.js";

const lineWidth = 80;

/**
 * The text of an xl file, one assignment a line, in their order. It reads back as the same config.
 * @throws MirageError `ERR_MIRAGE_XL_VALUE` for what xl has no way to write: a key that is none, a
 *   negative number or a fraction, text with a NUL character or half a surrogate pair
 */
export function printXlConfig(config: XlConfig): string {
  return config.entries.map((entry) => `${printEntry(entry)}\n`).join("");
}

/** A value as it stands in an xl file. @throws MirageError as `printXlConfig` */
export function printXlValue(value: XlValue): string {
  switch (value.kind) {
    case "string": {
      const text = encodeString(value.value);
      if (text !== undefined) return text;
      throw invalid(`the text ${quote(value.value)} has characters that xl cannot take`);
    }
    case "number":
      if (value.text !== undefined) return value.text;
      if (Number.isSafeInteger(value.value) && value.value >= 0) return String(value.value);
      throw invalid(`an xl file has no way to write the number ${value.value}`);
    case "list":
      return value.items.length === 0 ? "[]" : `[ ${value.items.map(printXlValue).join(", ")} ]`;
  }
}

function printEntry({ key, operator = "=", value }: XlEntry): string {
  if (!/^[a-z][._0-9a-z]*$/.test(key)) {
    throw invalid(`${quote(key)} is not a key of an xl file`);
  }
  const line = `${key} ${operator} ${printXlValue(value)}`;
  return value.kind === "list" && value.items.length > 1 && line.length > lineWidth
    ? `${key} ${operator} ${printLongList(value)}`
    : line;
}

function printLongList({ items }: XlList): string {
  return `[\n${items.map((item) => `  ${printXlValue(item)},\n`).join("")}]`;
}

function invalid(message: string): MirageError {
  return new MirageError("ERR_MIRAGE_XL_VALUE", message, {
    hint: "keys are small letters, digits and `_`; numbers are whole and not negative",
  });
}
