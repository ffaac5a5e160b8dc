import { type DocumentSymbol, SymbolKind } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { type Entry, entriesOf } from "./entries.js";
import { rangeOf } from "./range.js";

/** The entries of the file: an outline. */
export function documentSymbols(document: TextDocument): DocumentSymbol[] {
  return entriesOf(document.getText())
    .filter(({ key }) => key.text !== "")
    .map((entry) => ({
      name: entry.key.text,
      detail: entry.value.text,
      kind: kindOf(entry),
      range: rangeOf(document, {
        start: entry.key.start,
        end: Math.max(entry.key.end, entry.value.end),
      }),
      selectionRange: rangeOf(document, entry.key),
    }));
}

function kindOf({ meaning }: Entry): SymbolKind {
  if (meaning?.kind === "plain") {
    return meaning.key.startsWith("main-") ? SymbolKind.Function : SymbolKind.Property;
  }
  if (meaning?.family === "argument") return SymbolKind.Variable;
  return meaning?.family === "xl" ? SymbolKind.Property : SymbolKind.Module;
}
