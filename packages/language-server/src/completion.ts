import { dirname } from "node:path";
import { classifyKey } from "@mirage/conf";
import type { Offered } from "@mirage/dependencies";
import { type CompletionItem, CompletionItemKind, type Position } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { pathOf } from "./path-of.js";
import { type KeyProposal, proposedKeys } from "./proposed-keys.js";
import { proposedValues } from "./proposed-values.js";

export interface CompletionOptions {
  /** Whether the editor takes snippets, with places to fill in. */
  readonly snippets: boolean;
  /** The libraries and packages that the application can name, as far as this machine knows any. */
  readonly offered: () => Promise<Offered | undefined>;
}

/** What can stand at a place: a key at the beginning of a line, behind the colon a value of the key. */
export async function completion(
  document: TextDocument,
  position: Position,
  options: CompletionOptions,
): Promise<CompletionItem[]> {
  const line = lineAt(document, position.line);
  const before = line.slice(0, position.character);
  if (/^\s*#/.test(before)) return [];
  const colon = before.indexOf(":");
  if (colon === -1) return keyItems(document, position, line, options);
  const key = classifyKey(before.slice(0, colon).trim());
  if (key === undefined) return [];
  const proposal = await proposedValues(key, {
    text: document.getText(),
    before: before.slice(colon + 1).trimStart(),
    directory: dirname(pathOf(document.uri)),
    offered: options.offered,
  });
  const start = { ...position, character: position.character - proposal.typed.length };
  return proposal.values.map(({ text, doc, kind = CompletionItemKind.Value }) => ({
    label: text,
    kind,
    ...(doc === undefined ? {} : { documentation: { kind: "markdown", value: doc } }),
    textEdit: { range: { start, end: position }, newText: text },
  }));
}

function keyItems(
  document: TextDocument,
  position: Position,
  line: string,
  { snippets }: CompletionOptions,
): CompletionItem[] {
  const character = /^\s*/.exec(line)?.[0].length ?? 0;
  const [rest = ""] = /^[^\s:]*/.exec(line.slice(position.character)) ?? [];
  const hasColon = line.includes(":");
  const range = {
    start: { line: position.line, character: Math.min(character, position.character) },
    end: { line: position.line, character: position.character + rest.length },
  };
  const typed = line.slice(character, position.character);
  return proposedKeys(document.getText(), typed).map((proposal, at) => ({
    label: proposal.label,
    kind: proposal.isFamily ? CompletionItemKind.Module : CompletionItemKind.Property,
    detail: proposal.group,
    documentation: { kind: "markdown", value: proposal.doc },
    sortText: String(at).padStart(4, "0"),
    ...(proposal.isFamily && snippets && !hasColon ? { insertTextFormat: 2 as const } : {}),
    textEdit: { range, newText: textFor(proposal, snippets, hasColon) },
  }));
}

/** The key up to where its user goes on: at the name, or behind the colon. */
function textFor({ key, isFamily }: KeyProposal, snippets: boolean, hasColon: boolean): string {
  if (hasColon) return key;
  if (!isFamily) return `${key}: `;
  return snippets ? `${key}\${1:NAME}: $0` : key;
}

function lineAt(document: TextDocument, line: number): string {
  const start = { line, character: 0 };
  return document.getText({ start, end: { line: line + 1, character: 0 } }).replace(/\r?\n$/, "");
}
