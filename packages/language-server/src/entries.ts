import { classifyKey, type Key, parseLines, type Token } from "@mirage/conf";

/** A `key: value` line, whatever its key. */
export interface Entry {
  readonly key: Token;
  readonly value: Token;
  /** Nothing for an unknown key. */
  readonly meaning: Key | undefined;
}

/** The entries of a .conf file, also of one with errors. */
export function entriesOf(text: string): Entry[] {
  return parseLines(text).flatMap((line) =>
    line.kind === "entry"
      ? [{ key: line.key, value: line.value, meaning: classifyKey(line.key.text) }]
      : [],
  );
}
