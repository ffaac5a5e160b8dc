import { opamString } from "./opam-text.js";

/** Those of the known packages that an opam file needs, for more than tests and documentation. */
export function neededPackages<T>(opam: string, known: ReadonlyMap<string, T>): T[] {
  return [...known].flatMap(([name, found]) =>
    [...opam.matchAll(mentionOf(name))].some(([text]) => isNeeded(text)) ? [found] : [],
  );
}

/** The opam file with every need for a package narrowed to one version of it. */
export function needExactly(opam: string, name: string, version: string): string {
  return opam.replace(mentionOf(name), (mention) =>
    isNeeded(mention) ? `${opamString(name)} {= ${opamString(version)}}` : mention,
  );
}

/** Where an opam file names a package as a string, with the condition behind it. */
function mentionOf(name: string): RegExp {
  const literal = opamString(name).replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`${literal}(?:\\s*\\{[^}]*\\})?`, "g");
}

function isNeeded(mention: string): boolean {
  return !/\bwith-(?:test|doc)\b/.test(mention);
}
