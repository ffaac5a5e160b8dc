import type { Span } from "./position.js";

const contextLines = 1;
const widestLine = 120;

/**
 * The lines around a span, numbered, with the span underlined. Control characters are shown as
 * their Unicode pictures and long lines are cut around the span, so that any file can be shown.
 */
export function codeFrame(source: string, span: Span): string {
  const first = Math.max(1, span.start.line - contextLines);
  const last = span.start.line + contextLines;
  const lines = linesBetween(source, first, last);
  const gutter = String(first + lines.length - 1).length;
  const from = Math.max(0, span.start.column - 1 - widestLine / 2);
  const frame: string[] = [];
  for (const [index, line] of lines.entries()) {
    const number = first + index;
    const marked = number === span.start.line;
    const shown = printable(line.slice(from, from + widestLine)).trimEnd();
    frame.push(`${marked ? ">" : " "} ${String(number).padStart(gutter)} | ${shown}`.trimEnd());
    if (marked) {
      const length =
        span.end.line === span.start.line ? span.end.offset - span.start.offset : line.length;
      const start = span.start.column - 1 - from;
      const carets = Math.max(1, Math.min(length, shown.length - start));
      frame.push(`  ${" ".repeat(gutter)} | ${" ".repeat(start)}${"^".repeat(carets)}`);
    }
  }
  return frame.join("\n");
}

function linesBetween(source: string, first: number, last: number): string[] {
  const lines: string[] = [];
  let start = 0;
  for (let number = 1; number <= last && start <= source.length; number++) {
    const newline = source.indexOf("\n", start);
    const end = newline === -1 ? source.length : newline;
    if (number >= first && !(start === source.length && start > 0)) {
      lines.push(source.slice(start, end));
    }
    start = end + 1;
  }
  return lines;
}

function printable(line: string): string {
  return line
    .replace(/\t/g, " ")
    .replace(/\r$/, "")
    .replace(/[\p{Cc}\ufeff]/gu, (character) => {
      const code = character.charCodeAt(0);
      return code < 0x20 ? String.fromCharCode(0x2400 + code) : "\u2421";
    });
}
