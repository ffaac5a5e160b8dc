/** Writes a string between double quotes, on one line. */
export function quoteString(text: string): string {
  return `"${escapeAll(text, /[\\"\p{Cc}\udc80-\udcff]/gu)}"`;
}

/**
 * Writes a string of several lines between triple quotes, its lines as they are. They begin on a line
 * of their own, behind a backslash that keeps that newline out of the value.
 */
export function quoteLines(text: string): string {
  const escaped = escapeAll(text, /\\|"{3,}|"+$|[^\P{Cc}\n\t]|[\udc80-\udcff]/gu);
  if (escaped.startsWith("\n")) return `"""${escaped}"""`;
  // What follows the backslash and newline loses its leading blanks unless they are escaped.
  const start = escaped.replace(/^[ \t]/, (blank) => (blank === " " ? "\\ " : "\\t"));
  return `"""\\\n${start}"""`;
}

function escapeAll(text: string, special: RegExp): string {
  return text.replace(special, (matched) => [...matched].map(escapeChar).join(""));
}

function escapeChar(char: string): string {
  switch (char) {
    case "\\":
    case '"':
      return `\\${char}`;
    case "\n":
      return "\\n";
    case "\r":
      return "\\r";
    case "\t":
      return "\\t";
    case "\b":
      return "\\b";
  }
  const code = char.charCodeAt(0);
  if (code >= 0xdc80) return decimal(code - 0xdc00);
  return [...Buffer.from(char)].map(decimal).join("");
}

function decimal(byte: number): string {
  return `\\${String(byte).padStart(3, "0")}`;
}
