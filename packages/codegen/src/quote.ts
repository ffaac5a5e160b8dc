import { MirageError, shellWord } from "@mirage/diagnostics";

/** An OCaml string literal of the text's UTF-8 bytes. */
export function ocamlString(text: string): string {
  let literal = "";
  for (const byte of Buffer.from(text)) {
    const character = String.fromCharCode(byte);
    if (character === '"' || character === "\\") literal += `\\${character}`;
    else if (byte >= 0x20 && byte < 0x7f) literal += character;
    else literal += `\\${String(byte).padStart(3, "0")}`;
  }
  return `"${literal}"`;
}

/**
 * A word of a shell command within a Makefile's recipe.
 * @throws MirageError `ERR_MIRAGE_MAKE_WORD` for what make has no way to write: a line break would begin
 * another rule
 */
export function makeWord(text: string): string {
  return makeText(shellWord(text));
}

/**
 * The value of a variable in a Makefile.
 * @throws MirageError `ERR_MIRAGE_MAKE_WORD` as `makeWord`
 */
export function makeText(text: string): string {
  if (/\p{Cc}/u.test(text)) {
    throw new MirageError(
      "ERR_MIRAGE_MAKE_WORD",
      `${JSON.stringify(text)} contains a control character, which a Makefile cannot have`,
      { hint: "rename it" },
    );
  }
  return text.replaceAll("$", "$$$$");
}

/** An atom of a dune file; dune's string literals are OCaml's, but for `%{`. */
export function duneAtom(text: string): string {
  return /^[\w@+=:,./-]+$/.test(text) ? text : ocamlString(text).replaceAll("%{", "\\%{");
}

/** The text without what would end an OCaml comment or the line it stands in. */
export function commentText(text: string): string {
  return text.replaceAll(/[\p{Cc}"'`{}()*\\]/gu, "_");
}
