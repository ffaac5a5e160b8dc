import { quote } from "@mirage/diagnostics";
import { commentHint } from "./comment-hint.js";
import type { Written } from "./configuration.js";
import type { Problems } from "./problems.js";
import type { Entry, RawConf } from "./raw-conf.js";
import type { SpanOf } from "./span-of.js";
import type { Token } from "./syntax.js";

const library = /^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/;

/** NAME, NAME.VERSION or NAME followed by a comparison, as the opam command takes them. */
const opamPackage =
  /^(?=[0-9_+-]*[A-Za-z])[A-Za-z0-9_+-]+((\.|\s*([<>]=?|!?=)\s*)[A-Za-z0-9_+.~-]+)?$/;

/** `depends`: ocamlfind libraries. */
export function readDepends(raw: RawConf, problems: Problems, spanOf: SpanOf): Written<string>[] {
  return readList(raw.lists.get("depends"), spanOf, (item) => {
    if (library.test(item.text)) return item.text;
    return problems.error(item, () => ({
      code: "ERR_MIRAGE_CONF_LIBRARY",
      message: `${quote(item.text)} is not the name of an ocamlfind library`,
      hint: separatorHint(item) ?? "library names look like `cohttp` or `cohttp.mirage`",
    }));
  });
}

/** `preprocess`: ppx rewriters, by their names as ocamlfind libraries. */
export function readPreprocess(
  raw: RawConf,
  problems: Problems,
  spanOf: SpanOf,
): Written<string>[] {
  return readList(raw.lists.get("preprocess"), spanOf, (item) => {
    if (library.test(item.text)) return item.text;
    return problems.error(item, () => ({
      code: "ERR_MIRAGE_CONF_LIBRARY",
      message: `${quote(item.text)} is not the name of a ppx rewriter`,
      hint: separatorHint(item) ?? "rewriters look like `lwt_ppx` or `ppx_deriving.show`",
    }));
  });
}

/** `packages`: opam packages. */
export function readPackages(raw: RawConf, problems: Problems, spanOf: SpanOf): Written<string>[] {
  return readList(raw.lists.get("packages"), spanOf, (item) => {
    if (opamPackage.test(item.text)) return item.text.replace(/\s+/g, "");
    return problems.error(item, () => ({
      code: "ERR_MIRAGE_CONF_PACKAGE",
      message: `${quote(item.text)} is not an opam package`,
      hint: separatorHint(item) ?? "packages look like `cohttp`, `cohttp.4.0.0` or `cohttp>=4.0.0`",
    }));
  });
}

/** What may be wrong with an item that has white space or a comment in it. */
export function separatorHint(item: Token): string | undefined {
  if (item.text.includes("#")) return commentHint;
  return /\s/.test(item.text) ? "put commas between them" : undefined;
}

/** The items of a list, read one by one. */
export function readList(
  entries: readonly Entry[] = [],
  spanOf: SpanOf,
  read: (item: Token) => string | undefined,
): Written<string>[] {
  const items = new Map<string, Written<string>>();
  for (const item of entries.flatMap(({ value }) => splitAtCommas(value))) {
    const value = read(item);
    if (value !== undefined && !items.has(value)) items.set(value, { value, span: spanOf(item) });
  }
  return [...items.values()];
}

/** The items between commas, without empty ones. */
function splitAtCommas({ text, start }: Token): Token[] {
  const items: Token[] = [];
  for (const match of text.matchAll(/[^,]+/g)) {
    const item = match[0].trim();
    const from = start + match.index + match[0].indexOf(item);
    if (item !== "") items.push({ text: item, start: from, end: from + item.length });
  }
  return items;
}
