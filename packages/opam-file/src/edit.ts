import { didYouMean, MirageError } from "@mirage/diagnostics";
import type { Field, Item, ListValue, PrefixRelopValue, RelOp, Value } from "./ast.js";
import { field, type Plain, packageValue, toValue } from "./build-value.js";
import type { ConditionalPackage, VersionConstraint } from "./formula.js";
import { parseOpam } from "./parse.js";
import { printField, printFieldValue, printValue } from "./print.js";
import { quoteString } from "./quote.js";
import { problemCode, spanAt } from "./text.js";

/** The fields that list packages. */
export type PackageField = "depends" | "depopts" | "conflicts";

/**
 * Sets a top-level field: replaces its value where it stands, or adds it on a line of its own where
 * opam's usual order wants it. Everything else keeps its bytes.
 * @throws MirageError as parseOpam
 */
export function setField(text: string, name: string, value: Plain): string {
  const { items } = parseOpam(text);
  const existing = fieldNamed(items, name);
  if (existing === undefined) {
    return insertField(text, items, name, printField(field(name, value)));
  }
  const { start, end } = existing.value;
  const column = start - lineStart(text, start);
  return splice(text, start, end, withNewlines(text, printFieldValue(toValue(value), column)));
}

/**
 * Removes a top-level field with the comment behind it, if it is there: what setField added goes
 * without a trace.
 * @throws MirageError as parseOpam
 */
export function removeField(text: string, name: string): string {
  const { items } = parseOpam(text);
  return items.reduceRight((edited, item, index) => {
    if (item.kind !== "field" || item.name !== name) return edited;
    return removeWithLine(edited, item.start, item.end, items[index - 1]?.end);
  }, text);
}

/**
 * Adds a package to the end of a field, in the layout of those before it; `removePackage` then
 * restores the same bytes.
 * @throws MirageError as `parseOpam`, and `ERR_MIRAGE_OPAM_EDIT` if the field has the package already
 */
export function addPackage(
  text: string,
  pkg: ConditionalPackage,
  fieldName: PackageField = "depends",
): string {
  const existing = fieldNamed(parseOpam(text).items, fieldName);
  const entry = printValue(packageValue(pkg));
  if (existing === undefined) return setField(text, fieldName, [packageValue(pkg)]);
  const [present] = mentions(existing.value, pkg.name);
  if (present !== undefined) {
    throw editError(
      text,
      present,
      `\`${fieldName}\` mentions \`${pkg.name}\` already`,
      setBoundHint,
    );
  }
  const { value } = existing;
  if (value.kind !== "list") return addToFormula(text, value, fieldName, entry);
  const last = value.items.at(-1);
  if (last === undefined) return addToEmptyList(text, value, entry);
  if (!text.slice(value.start, value.end).includes("\n")) {
    return splice(text, last.end, last.end, ` ${entry}`);
  }
  const indent = /^[ \t]*/.exec(text.slice(lineStart(text, last.start), last.start))?.[0] ?? "";
  const behind = /^[ \t]*(?:#[^\r\n]*)?(?=\r?\n)/.exec(text.slice(last.end));
  const at = last.end + (behind?.[0].length ?? 0);
  return splice(text, at, at, `${newlineOf(text)}${indent}${entry}`);
}

const setBoundHint = "change its bounds instead";

/**
 * Removes a package, with the comment behind it, from a field, and the field itself if that was its
 * last package. Nothing happens if the field does not mention it.
 * @throws MirageError as `parseOpam`, and `ERR_MIRAGE_OPAM_EDIT` if it is part of an alternative
 */
export function removePackage(
  text: string,
  name: string,
  fieldName: PackageField = "depends",
): string {
  const existing = fieldNamed(parseOpam(text).items, fieldName);
  if (existing === undefined) return text;
  const { value } = existing;
  const found = mentions(value, name);
  if (found.includes(value)) return removeField(text, fieldName);
  const parts = partsOf(value, fieldName);
  for (const place of found) {
    if (parts.includes(place)) continue;
    const hint = "edit the alternatives by hand";
    throw editError(text, place, `\`${name}\` is part of a larger formula`, hint);
  }
  const kept = parts.filter((part) => !found.includes(part));
  if (found.length > 0 && kept.length === 0) {
    return value.kind === "list"
      ? emptyList(text, value, found, fieldName)
      : removeField(text, fieldName);
  }
  return value.kind === "list"
    ? removeFromList(text, value, found)
    : removeFromFormula(text, parts, found);
}

/**
 * Sets a bound on the versions of a package that a field mentions: it replaces the bound of the same
 * direction (lower, upper) or an equality, or is added to the condition, the rest of which stays.
 * @throws MirageError as `parseOpam`, and `ERR_MIRAGE_OPAM_EDIT` if the field does not mention the
 * package exactly once, or with several such bounds
 */
export function setBound(
  text: string,
  name: string,
  bound: VersionConstraint,
  fieldName: PackageField = "depends",
): string {
  const { value } = fieldNamed(parseOpam(text).items, fieldName) ?? { value: toValue([]) };
  const [place, second] = mentions(value, name);
  if (place === undefined) {
    const meant = didYouMean(name, packageNames(value));
    const hint = meant === undefined ? "add it first" : `did you mean \`${meant}\`?`;
    throw new MirageError(problemCode("EDIT"), `\`${fieldName}\` doesn't mention \`${name}\``, {
      hint,
    });
  }
  if (second !== undefined) {
    throw editError(text, second, `\`${fieldName}\` mentions \`${name}\` more than once`, byHand);
  }
  const printed = `${bound.op} ${quoteString(bound.version)}`;
  if (place.kind !== "option") return splice(text, place.end, place.end, ` {${printed}}`);
  const last = place.options.at(-1);
  if (last === undefined) return splice(text, place.end - 1, place.end - 1, printed);
  const [old, another] = conjuncts(place.options).filter((old) => replaces(bound.op, old.op));
  if (another !== undefined) {
    throw editError(text, another, `\`${name}\` has more than one such bound`, byHand);
  }
  if (old !== undefined) return splice(text, old.start, old.end, printed);
  const kept = text.slice(last.start, last.end);
  const condition = last.kind === "or" ? `(${kept})` : kept;
  return splice(text, last.start, last.end, `${condition} & ${printed}`);
}

const byHand = "edit the bounds by hand";

/** Whether setting a bound takes the place of another. */
function replaces(op: RelOp, old: RelOp): boolean {
  if (op === "!=" || old === "!=") return false;
  return old === "=" || op.charAt(0) === old.charAt(0);
}

/** The bounds that hold whatever the rest of a condition says. */
function conjuncts(values: readonly Value[]): PrefixRelopValue[] {
  return values.flatMap((value) => {
    if (value.kind === "prefix-relop") return [value];
    return value.kind === "and" || value.kind === "group" ? conjuncts(value.items) : [];
  });
}

function fieldNamed(items: readonly Item[], name: string): Field | undefined {
  for (const item of items) if (item.kind === "field" && item.name === name) return item;
  return undefined;
}

/** The places of a package formula where a package is mentioned, with its condition if it has one. */
function mentions(value: Value, name: string): Value[] {
  switch (value.kind) {
    case "string":
      return value.value === name ? [value] : [];
    case "option":
      return value.value.kind === "string" && value.value.value === name ? [value] : [];
    case "list":
    case "group":
    case "and":
    case "or":
      return value.items.flatMap((item) => mentions(item, name));
    default:
      return [];
  }
}

function packageNames(value: Value): string[] {
  switch (value.kind) {
    case "string":
      return [value.value];
    case "option":
      return packageNames(value.value);
    case "list":
    case "group":
    case "and":
    case "or":
      return value.items.flatMap(packageNames);
    default:
      return [];
  }
}

/** How the packages of a field are joined where they are no list. */
function joiner(fieldName: PackageField): "and" | "or" {
  return fieldName === "depends" ? "and" : "or";
}

/** The parts of a field that stand for themselves: each can go without the others. */
function partsOf(value: Value, fieldName: PackageField): readonly Value[] {
  return value.kind === "list" || value.kind === joiner(fieldName) ? value.items : [];
}

/** Adds a package behind a value without brackets, joined to it by an operator. */
function addToFormula(text: string, value: Value, fieldName: PackageField, entry: string): string {
  const kind = joiner(fieldName);
  const added = `${kind === "and" ? " &" : " |"} ${entry}`;
  if (value.kind === "string" || value.kind === "option" || value.kind === kind) {
    return splice(text, value.end, value.end, added);
  }
  return splice(splice(text, value.end, value.end, `)${added}`), value.start, value.start, "(");
}

/** Removes parts of a formula that has others, and parentheses that are not needed any more. */
function removeFromFormula(
  text: string,
  parts: readonly Value[],
  removed: readonly Value[],
): string {
  const [only, another] = parts.filter((part) => !removed.includes(part));
  const edited = parts.reduceRight((rest, part, index) => {
    if (!removed.includes(part)) return rest;
    const [before, after] = [parts[index - 1], parts[index + 1]];
    if (before !== undefined) return splice(rest, before.end, part.end, "");
    return splice(rest, part.start, after?.start ?? part.end, "");
  }, text);
  if (another !== undefined || only?.kind !== "group" || only !== parts[0]) return edited;
  return splice(splice(edited, only.end - 1, only.end, ""), only.start, only.start + 1, "");
}

function addToEmptyList(text: string, list: ListValue, entry: string): string {
  const closing = list.end - 1;
  const inside = text.slice(list.start + 1, closing);
  if (inside === "") return splice(text, closing, closing, ` ${entry} `);
  const from = lineStart(text, closing);
  if (from <= list.start || text.slice(from, closing).trim() !== "") {
    return splice(text, closing, closing, entry);
  }
  return splice(text, from, from, `  ${entry}${newlineOf(text)}`);
}

/** Removes the only packages of a list: the undoing of addToEmptyList, or of a new field. */
function emptyList(
  text: string,
  list: ListValue,
  packages: readonly Value[],
  fieldName: PackageField,
): string {
  const [only, another] = packages;
  if (only === undefined || another !== undefined) return removeFromList(text, list, packages);
  const before = text.slice(list.start + 1, only.start);
  const after = text.slice(only.end, list.end - 1);
  if (before === "" && after === "") return removeField(text, fieldName);
  if (before === " " && after === " ") return splice(text, list.start + 1, list.end - 1, "");
  if (after === "") return splice(text, only.start, only.end, "");
  return removeFromList(text, list, packages);
}

function removeFromList(text: string, list: ListValue, removed: readonly Value[]): string {
  return list.items.reduceRight((edited, item, index) => {
    if (!removed.includes(item)) return edited;
    return removeWithLine(edited, item.start, item.end, list.items[index - 1]?.end);
  }, text);
}

/** The order in which opam prints fields. */
const order = [
  ...["opam-version", "name", "version", "synopsis", "description", "maintainer", "authors"],
  ...["author", "license", "tags", "homepage", "doc", "bug-reports", "depends", "depopts"],
  ...["conflicts", "conflict-class", "available", "flags", "setenv", "build", "run-test"],
  ...["install", "remove", "substs", "patches", "build-env", "features", "messages"],
  ...["post-messages", "depexts", "dev-repo", "pin-depends", "extra-files"],
];

/** Adds a line behind the last field that usually stands before, or before all. */
function insertField(text: string, items: readonly Item[], name: string, line: string): string {
  const rank = rankOf(name);
  const before = items.findLast((item) => item.kind === "field" && rankOf(item.name) <= rank);
  if (before === undefined) {
    const start = items[0]?.start ?? text.length;
    const from = lineStart(text, start);
    // A comment that ends on this line may have begun long before.
    return insertLine(text, text.slice(from, start).trim() === "" ? from : 0, line);
  }
  const newline = text.indexOf("\n", before.end);
  const rest = text.slice(before.end, newline < 0 ? text.length : newline);
  // Unless this line has more on it than a comment of its own.
  if (/^[ \t\r]*(?:#.*)?$/.test(rest)) return insertLine(text, before.end + rest.length + 1, line);
  const separator = /^[ \t]*\(\*/.test(rest) ? newlineOf(text) : " ";
  return splice(text, before.end, before.end, `${separator}${withNewlines(text, line)}`);
}

function rankOf(name: string): number {
  const rank = order.indexOf(name);
  return rank < 0 ? order.length : rank;
}

/** Inserts a line at the beginning of a line, or behind a last line, which need not have an end. */
function insertLine(text: string, at: number, line: string): string {
  const newline = newlineOf(text);
  const added = withNewlines(text, line);
  const isOpen = at > text.length || (at > 0 && text.charAt(at - 1) !== "\n");
  return isOpen ? `${text}${newline}${added}` : splice(text, at, at, `${added}${newline}`);
}

/**
 * Removes a range; with it the lines that would be left blank, and a comment behind it. `previousEnd`:
 * where what stands before it ends.
 */
function removeWithLine(
  text: string,
  start: number,
  end: number,
  previousEnd: number | undefined,
): string {
  const from = lineStart(text, start);
  const isFirstOfLine = text.slice(from, start).trim() === "";
  const rest = /^[ \t]*(?:#[^\r\n]*)?(\r?\n|$)/.exec(text.slice(end));
  if (rest !== null && isFirstOfLine) {
    // The last line goes with the line end before it, where it has none of its own.
    if (rest[1] === "" && from > 0) return text.slice(0, endOfLineBefore(text, from));
    return splice(text, from, end + rest[0].length, "");
  }
  if (isFirstOfLine && previousEnd !== undefined) {
    const lineEnd = endOfLineBefore(text, from);
    const isJoinable = /^[ \t]*(?:[\])}]|\(\*)/.test(text.slice(end));
    if (lineEnd === previousEnd && isJoinable) return splice(text, lineEnd, end, "");
  }
  const blanksBefore = /[ \t]*$/.exec(text.slice(from, start))?.[0].length ?? 0;
  const blanksAfter = /^[ \t]*/.exec(text.slice(end))?.[0].length ?? 0;
  return blanksBefore > 0
    ? splice(text, start - blanksBefore, end, "")
    : splice(text, start, end + blanksAfter, "");
}

/** Where the line before the one that starts at `from` ends, without its line end. */
function endOfLineBefore(text: string, from: number): number {
  return text.endsWith("\r\n", from) ? from - 2 : from - 1;
}

function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
}

function newlineOf(text: string): "\n" | "\r\n" {
  return text.includes("\r\n") ? "\r\n" : "\n";
}

function withNewlines(text: string, added: string): string {
  return added.replaceAll("\n", newlineOf(text));
}

function splice(text: string, start: number, end: number, replacement: string): string {
  return text.slice(0, start) + replacement + text.slice(end);
}

function editError(
  text: string,
  { start, end }: { readonly start: number; readonly end: number },
  message: string,
  hint: string,
): MirageError {
  return new MirageError(problemCode("EDIT"), message, {
    hint,
    span: spanAt(text, "opam", start, end),
  });
}
