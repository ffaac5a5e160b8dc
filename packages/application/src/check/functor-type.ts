/** A parameter of a functor. */
export interface Parameter {
  readonly name: string;
  /** Its signature as the compiler prints it, such as `V1_LWT.CONSOLE`. */
  readonly signature: string;
}

/**
 * The parameters in a module type as `ocamlc -i` prints it: `functor (A : S) (B : T) -> sig … end`, or
 * since OCaml 5 without the word; none if it is no functor's.
 */
export function parametersIn(printed: string): Parameter[] {
  const parameters: Parameter[] = [];
  let at = printed.indexOf("=") + 1;
  for (;;) {
    const [skipped = ""] = /^(?:\s|functor\b|->)*/.exec(printed.slice(at)) ?? [];
    at += skipped.length;
    if (printed[at] !== "(") return parameters;
    const end = closing(printed, at);
    const inside = printed
      .slice(at + 1, end)
      .replaceAll(/\s+/g, " ")
      .trim();
    const colon = inside.indexOf(":");
    parameters.push(
      colon === -1
        ? { name: "_", signature: "sig end" }
        : { name: inside.slice(0, colon).trim(), signature: inside.slice(colon + 1).trim() },
    );
    at = end + 1;
  }
}

/** Where the parenthesis closes that opens at `start`. */
function closing(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text[at] === "(") depth++;
    if (text[at] === ")" && --depth === 0) return at;
  }
  return text.length;
}
