import { SyntaxError as GrammarError, parse as runGrammar } from "#grammar";
import type { Item, OpamFile, Value } from "./ast.js";
import { decodeBytes } from "./escapes.js";
import { formatVersionProblem } from "./format-version.js";
import { scanItems, scanValue } from "./scanner.js";
import { syntaxProblem } from "./syntax-error.js";
import { maxNesting, type Problem, problemError, readText } from "./text.js";

const defaultFile = "opam";

/**
 * Parses a file in the opam format: a package's `opam` or `NAME.opam` file, an `.opam.locked`, a
 * `repo` file, a switch state, a configuration. `file` is the name that errors mention.
 * @throws MirageError with a span: `ERR_MIRAGE_OPAM_SYNTAX`, `…_UNTERMINATED_STRING`,
 * `…_UNTERMINATED_COMMENT`, `…_ESCAPE`, `…_NESTING`, `…_FORMAT_VERSION`, `…_ENCODING`, `…_TOO_LONG`
 */
export function parseOpam(input: string | Uint8Array, file = defaultFile): OpamFile {
  const text = readText(input, file);
  const items = scanItems(text) ?? itemsByGrammar(text, file);
  const problem = formatVersionProblem(items);
  if (problem !== undefined) throw problemError(text, file, problem);
  return { file, text, items };
}

/**
 * Parses only the top-level fields and sections of the given names: faster, and of the others nothing
 * is kept. What is left out is only checked for closed strings, comments and brackets; the rules on
 * `opam-version` are not checked.
 * @throws MirageError as {@link parseOpam}
 */
export function parseFields(
  input: string | Uint8Array,
  names: ReadonlySet<string>,
  file = defaultFile,
): OpamFile {
  const text = readText(input, file);
  const items =
    scanItems(text, names) ?? itemsByGrammar(text, file).filter((item) => names.has(item.name));
  return { file, text, items };
}

/** {@link parseOpam} by the reference grammar alone, without its fast path. @throws as that one */
export function parseByGrammar(input: string | Uint8Array, file = defaultFile): OpamFile {
  const text = readText(input, file);
  const items = itemsByGrammar(text, file);
  const problem = formatVersionProblem(items);
  if (problem !== undefined) throw problemError(text, file, problem);
  return { file, text, items };
}

/**
 * Parses a single value, such as `["dune" {>= "3.0"}]`.
 * @throws MirageError as {@link parseOpam}
 */
export function parseValue(input: string, file = defaultFile): Value {
  const text = readText(input, file);
  return scanValue(text) ?? (byGrammar(text, file, "lonelyValue") as Value);
}

function itemsByGrammar(text: string, file: string): readonly Item[] {
  return byGrammar(text, file, "file") as readonly Item[];
}

function byGrammar(text: string, file: string, startRule: "file" | "lonelyValue"): unknown {
  const open: number[] = [];
  try {
    return runGrammar(text, {
      startRule,
      open,
      maxNesting: maxNesting,
      decodeBytes,
      fail(problem: Problem): never {
        throw problemError(text, file, problem);
      },
    });
  } catch (error) {
    if (!(error instanceof GrammarError)) throw error;
    const { location, expected } = error;
    throw problemError(text, file, syntaxProblem(text, location.start.offset, expected, open));
  }
}
