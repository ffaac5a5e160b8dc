import type { Hover, Position } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { deviceNames } from "./device-names.js";
import { entriesOf } from "./entries.js";
import { contains, rangeOf } from "./range.js";
import { describeBuiltin, describeKey, rowOf } from "./reference.js";

/** What the reference says of the key or of the built-in device at a place. */
export function hover(document: TextDocument, position: Position): Hover | undefined {
  const text = document.getText();
  const offset = document.offsetAt(position);
  const entry = entriesOf(text).find(({ key }) => contains(key, offset));
  const row = entry?.meaning && rowOf(entry.meaning);
  if (entry && row) return markdown(describeKey(row), rangeOf(document, entry.key));
  const device = deviceNames(text).find((place) => contains(place, offset));
  const described = device && describeBuiltin(device.name);
  return device && described ? markdown(described, rangeOf(document, device)) : undefined;
}

function markdown(value: string, range: NonNullable<Hover["range"]>): Hover {
  return { contents: { kind: "markdown", value }, range };
}
