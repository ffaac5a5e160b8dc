import { parse } from "#grammar";

/** Offsets into the text of the file, in UTF-16 units; `end` is exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A piece of the file, without the white space around it. */
export interface Token extends Range {
  readonly text: string;
}

export type Line =
  | { readonly kind: "entry"; readonly key: Token; readonly value: Token }
  | { readonly kind: "malformed"; readonly text: Token };

/** What did not fit the grammar, and where. */
export interface ParseFailure extends Range {
  readonly failed: true;
}

/** The entries of a file and the lines that are none, without comments and blank lines. */
export function parseLines(text: string): Line[] {
  return parse(text);
}

/** `Ping.main`. */
export function parseModuleValue(token: Token): { path: string[]; value: string } | ParseFailure {
  return attempt(token, () => parse(token.text, { startRule: "ModuleValue" }));
}

/** `Unikernel.Main (console, stack)`; the offsets of the arguments are those of the file. */
export function parseFunctorApplication(
  token: Token,
): { path: string[]; args: Token[] } | ParseFailure {
  return attempt(token, () => {
    const { path, args } = parse(token.text, { startRule: "FunctorApplication" });
    const inFile = ({ text, start, end }: Token) => ({
      text,
      start: token.start + start,
      end: token.start + end,
    });
    return { path, args: args.map(inFile) };
  });
}

function attempt<T>(token: Token, run: () => T): T | ParseFailure {
  try {
    return run();
  } catch (error) {
    const offset = syntaxErrorOffset(error);
    const start = Math.min(token.start + offset, token.end);
    return { failed: true, start, end: Math.min(start + 1, token.end) };
  }
}

function syntaxErrorOffset(error: unknown): number {
  if (error instanceof Error && error.name === "SyntaxError" && "location" in error) {
    return (error.location as { start: { offset: number } }).start.offset;
  }
  throw error;
}
