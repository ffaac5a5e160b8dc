import { splitPackage } from "../repository/package-path.js";

/** The text of a field's value in a file that opam wrote, undefined if there is none. */
export function fieldText(text: string, name: string): string | undefined {
  const match = new RegExp(`^[ \\t]*${name}:[ \\t]*`, "m").exec(text);
  if (match === null) return undefined;
  const start = match.index + match[0].length;
  const end = valueEnd(text, start);
  return text.slice(start, end).trim();
}

/** The strings in a field's value. */
export function fieldStrings(text: string, name: string): string[] {
  const value = fieldText(text, name);
  if (value === undefined) return [];
  return [...value.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, content = ""]) => content);
}

/** The packages `name.version` in a field's value. */
export function fieldPackages(text: string, name: string): { name: string; version: string }[] {
  return fieldStrings(text, name)
    .map(splitPackage)
    .filter((pkg) => pkg !== undefined);
}

/** The fields of a section, `name: "value"` or `name: value` each. */
export function sectionFields(text: string, section: string): Record<string, string> {
  const match = new RegExp(`^${section}[ \\t]*\\{([^}]*)\\}`, "m").exec(text);
  const fields: Record<string, string> = {};
  for (const [, name, quoted, bare] of (match?.[1] ?? "").matchAll(
    /^\s*([A-Za-z0-9_-]+):\s*(?:"((?:[^"\\]|\\.)*)"|(\S+))/gm,
  )) {
    fields[name as string] = quoted ?? (bare as string);
  }
  return fields;
}

/** The end of a value: of its bracket, or of its line. */
function valueEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (character === '"') {
      for (at++; at < text.length && text[at] !== '"'; at++) if (text[at] === "\\") at++;
    } else if (character === "[" || character === "(" || character === "{") {
      depth++;
    } else if (character === "]" || character === ")" || character === "}") {
      depth--;
      if (depth === 0 && !/^[ \t]*[&|{]/.test(text.slice(at + 1, at + 40))) return at + 1;
    } else if (character === "\n" && depth === 0) {
      return at;
    }
  }
  return text.length;
}
