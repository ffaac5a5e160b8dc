/** The text of an opam file with these fields, in this order; values are opam syntax already. */
export function opamFile(fields: Readonly<Record<string, string>>): string {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\n`);
  return `opam-version: "2.0"\n${lines.join("")}`;
}

/** A list with one item a line; the items are opam syntax already. */
export function opamList(items: readonly string[]): string {
  return items.length === 0 ? "[]" : `[${items.map((item) => `\n  ${item}`).join("")}\n]`;
}

/** A string literal of the opam format. */
export function opamString(text: string): string {
  return `"${text.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n")}"`;
}
