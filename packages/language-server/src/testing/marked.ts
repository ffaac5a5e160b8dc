import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { onTestFinished } from "vitest";
import type { Position } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";

/** A .conf file whose text has `|` where the cursor stands, in a new folder with other files. */
export function marked(
  text: string,
  files: Readonly<Record<string, string>> = {},
): { document: TextDocument; position: Position; folder: string } {
  const folder = mkdtempSync(join(tmpdir(), "mirage-language-server-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const uri = pathToFileURL(join(folder, "shop.conf")).href;
  const document = TextDocument.create(uri, "mirage-conf", 1, text.replace("|", ""));
  return { document, position: document.positionAt(text.indexOf("|")), folder };
}

/** The text after edits to the document. */
export function edited(
  document: TextDocument,
  changes: Readonly<Record<string, Parameters<typeof TextDocument.applyEdits>[1]>> | undefined,
): string {
  return TextDocument.applyEdits(document, changes?.[document.uri] ?? []);
}
