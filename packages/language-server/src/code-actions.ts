import {
  type CodeAction,
  CodeActionKind,
  type Diagnostic,
  type Range,
} from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";

/** What hints say when a word at the place of the problem is to be another one. */
const replacement = /(?:did you mean|named without prefix:|here it is called) `([^`]+)`/;

/** What they say when the line is to be another one. */
const line = /^write `(main-app: [^`]+)`$/m;

/** The hints of these problems that say what to write instead, as edits. */
export function codeActions(document: TextDocument, problems: readonly Diagnostic[]): CodeAction[] {
  return problems.flatMap((problem): CodeAction[] => {
    const told = String(problem.message);
    const [, word] = replacement.exec(told) ?? [];
    const [, wholeLine] = line.exec(told) ?? [];
    const newText = word ?? wholeLine;
    if (newText === undefined || newText.includes("NAME")) return [];
    const range = word === undefined ? lineOf(document, problem.range) : problem.range;
    return [
      {
        title: `Write \`${newText}\``,
        kind: CodeActionKind.QuickFix,
        diagnostics: [problem],
        isPreferred: true,
        edit: { changes: { [document.uri]: [{ range, newText }] } },
      },
    ];
  });
}

function lineOf(document: TextDocument, { start }: Range): Range {
  const from = document.offsetAt({ line: start.line, character: 0 });
  const [text = ""] = document.getText().slice(from).split(/\r?\n/, 1);
  return { start: { ...start, character: 0 }, end: { ...start, character: text.length } };
}
