import type { Range as Offsets } from "@mirage/conf";
import type { Range } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";

export function rangeOf(document: TextDocument, { start, end }: Offsets): Range {
  return { start: document.positionAt(start), end: document.positionAt(end) };
}

/** Whether a cursor stands in a range, or at its end. */
export function contains({ start, end }: Offsets, offset: number): boolean {
  return start <= offset && offset <= end;
}
