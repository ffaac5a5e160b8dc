import { opamString } from "./opam-text.js";

/** Those of the known packages that an opam file needs, for more than tests and documentation. */
export function neededPackages<T>(opam: string, known: ReadonlyMap<string, T>): T[] {
  const names = [...opam.matchAll(mention)].flatMap(([text, name]) =>
    name !== undefined && isNeeded(text) ? [name] : [],
  );
  return [...new Set(names)].flatMap((name) => known.get(name) ?? []);
}

/** The opam file with every need for the given packages narrowed to the given version. */
export function needExactly(opam: string, versions: ReadonlyMap<string, string>): string {
  return opam.replace(mention, (text, name: string) => {
    const version = versions.get(name);
    if (version === undefined || !isNeeded(text)) return text;
    return `${opamString(name)} {= ${opamString(version)}}`;
  });
}

/** A package's name as a string, with the condition behind it. */
const mention = /"([^"\\\s]+)"(?:\s*\{[^}]*\})?/g;

function isNeeded(text: string): boolean {
  return !/\bwith-(?:test|doc)\b/.test(text);
}
