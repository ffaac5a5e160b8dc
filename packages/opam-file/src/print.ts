import type { Field, Item, Value } from "./ast.js";
import { filterValue, packageValue } from "./build-value.js";
import type { Filter } from "./filter.js";
import type { Formula, PackageFormula, ResolvedFormula, VersionFormula } from "./formula.js";
import { quoteLines, quoteString } from "./quote.js";
import { scanValue } from "./scanner.js";

const width = 80;
const indentation = "  ";

/**
 * Prints a file in a normal form that opam accepts: one field a line, long and structured lists
 * with one item a line, texts of several lines between triple quotes. Comments are lost; to change
 * a file that somebody keeps, use the functions that edit. Printing what was printed gives the same
 * text.
 * @throws TypeError on names and identifiers that the format can't express
 */
export function printOpam(file: { readonly items: readonly Item[] }): string {
  return printItems(file.items, "");
}

function printItems(items: readonly Item[], indent: string): string {
  return items.map((item) => `${printItem(item, indent)}\n`).join("");
}

function printItem(item: Item, indent: string): string {
  if (item.kind === "field") return printField(item, indent);
  const label = item.label === undefined ? "" : ` ${quoteString(item.label)}`;
  const items = printItems(item.items, indent + indentation);
  return `${indent}${word(item.name)}${label} {\n${items}${indent}}`;
}

/**
 * Prints `name: value`, without a newline.
 * @throws TypeError as {@link printOpam}
 */
export function printField({ name, value }: Field, indent = ""): string {
  const head = `${indent}${word(name)}:`;
  const text = printFieldValue(value, head.length + 1, indent);
  const fits = text.includes("\n") || head.length + 1 + text.length <= width;
  if (fits) return `${head} ${text}`;
  return `${head}\n${indent}${indentation}${printFieldValue(value, width, indent + indentation)}`;
}

/**
 * Prints the value of a field behind `column` characters.
 * @throws TypeError as {@link printOpam}
 */
export function printFieldValue(value: Value, column: number, indent = ""): string {
  if (value.kind === "string" && value.value.includes("\n")) return quoteLines(value.value);
  return layOut(withGroups(value), indent, column);
}

/**
 * Prints a value on one line.
 * @throws TypeError as {@link printOpam}
 */
export function printValue(value: Value): string {
  return flat(withGroups(value));
}

/** Prints a filter: `os = "linux" & !(arch = "arm64" | arch = "s390x")`. */
export function printFilter(filter: Filter): string {
  return printValue(filterValue(filter));
}

/** Prints a package formula: `"a" {>= "1.0"} & ("b" | "c" {with-test})`. */
export function printFormula(formula: PackageFormula): string {
  return printJoined(formula, (pkg) => printValue(packageValue(pkg)));
}

/** Prints a formula over versions: `>= "1.0" & < "2.0~"`; nothing if it allows all. */
export function printVersions(versions: VersionFormula): string {
  return printJoined(versions, ({ op, version }) => `${op} ${quoteString(version)}`);
}

/** Prints a resolved formula: `"a" {>= "1.0"} | "b"`. */
export function printResolved(formula: ResolvedFormula): string {
  return printJoined(formula, ({ name, versions }) => {
    const quoted = quoteString(name);
    return versions.kind === "empty" ? quoted : `${quoted} {${printVersions(versions)}}`;
  });
}

function printJoined<A>(formula: Formula<A>, printAtom: (atom: A) => string): string {
  switch (formula.kind) {
    case "empty":
      return "";
    case "atom":
      return printAtom(formula.atom);
    default:
      return formula.items
        .map((item) => {
          const text = printJoined(item, printAtom);
          return formula.kind === "and" && item.kind === "or" ? `(${text})` : text;
        })
        .join(formula.kind === "and" ? " & " : " | ");
  }
}

/** A value behind `column` characters, over several lines if it is long or structured. */
function layOut(value: Value, indent: string, column: number): string {
  const line = flat(value);
  if (column + line.length <= width && !isStructured(value)) return line;
  switch (value.kind) {
    case "list":
    case "group": {
      if (value.items.length === 0) return line;
      const [open, close] = value.kind === "list" ? "[]" : "()";
      const inner = indent + indentation;
      const items = value.items.map((item) => inner + layOut(item, inner, inner.length));
      return `${open}\n${items.join("\n")}\n${indent}${close}`;
    }
    case "option": {
      const options = flatOptions(value.options);
      return `${layOut(value.value, indent, column + options.length + 1)} ${options}`;
    }
    case "and":
    case "or": {
      const lines = value.items.map((item) => layOut(item, indent, column));
      return lines.join(`${value.kind === "and" ? " &" : " |"}\n${indent}`);
    }
    default:
      return line;
  }
}

/** Whether a value is spread over lines even if it is short. */
function isStructured(value: Value): boolean {
  if (value.kind === "option") return isStructured(value.value);
  if (value.kind !== "list") return false;
  const { items } = value;
  return items.some((item) => isStructured(item) || (items.length > 1 && !isAtom(item)));
}

function flat(value: Value): string {
  switch (value.kind) {
    case "bool":
    case "int":
      return String(value.value);
    case "string":
      return quoteString(value.value);
    case "ident":
      return word(value.name);
    case "list":
      return `[${value.items.map(flat).join(" ")}]`;
    case "group":
      return `(${value.items.map(flat).join(" ")})`;
    case "option":
      return `${flat(value.value)} ${flatOptions(value.options)}`;
    case "relop":
    case "env":
      return `${flat(value.left)} ${value.op} ${flat(value.right)}`;
    case "prefix-relop":
      return `${value.op} ${flat(value.value)}`;
    case "and":
      return value.items.map(flat).join(" & ");
    case "or":
      return value.items.map(flat).join(" | ");
    case "not":
      return `!${flat(value.value)}`;
    case "defined":
      return `?${flat(value.value)}`;
  }
}

function flatOptions(options: readonly Value[]): string {
  return `{${options.map(flat).join(" ")}}`;
}

function word(name: string): string {
  const value = scanValue(name);
  if (value?.kind === "ident" && value.name === name) return name;
  throw new TypeError(`${JSON.stringify(name)} is not an identifier of the opam format`);
}

/** Puts parentheses where a value would be read differently without. */
function withGroups(value: Value): Value {
  switch (value.kind) {
    case "list":
    case "group":
      return { ...value, items: separate(value.items) };
    case "option": {
      const inner = withGroups(value.value);
      const needed = isLogop(inner) || inner.kind === "not" || inner.kind === "defined";
      return { ...value, value: groupIf(needed, inner), options: separate(value.options) };
    }
    case "and":
    case "or": {
      const items = value.items.map((item) =>
        groupIf(item.kind === "or" || item.kind === value.kind, withGroups(item)),
      );
      return { ...value, items };
    }
    case "not":
    case "defined": {
      const inner = withGroups(value.value);
      return { ...value, value: groupIf(isLogop(inner) || startsWithOperator(inner), inner) };
    }
    default:
      return value;
  }
}

/** Keeps a comparison apart from an atom before it, which it would take as its left side. */
function separate(items: readonly Value[]): Value[] {
  let afterAtom = false;
  return items.map((item) => {
    const grouped = groupIf(afterAtom && startsWithOperator(item), withGroups(item));
    afterAtom = endsWithAtom(grouped);
    return grouped;
  });
}

function startsWithOperator(value: Value): boolean {
  switch (value.kind) {
    case "prefix-relop":
      return true;
    case "option":
      return startsWithOperator(value.value);
    case "and":
    case "or":
      return value.items[0] !== undefined && startsWithOperator(value.items[0]);
    default:
      return false;
  }
}

function endsWithAtom(value: Value): boolean {
  switch (value.kind) {
    case "not":
    case "defined":
      return endsWithAtom(value.value);
    case "and":
    case "or": {
      const last = value.items.at(-1);
      return last !== undefined && endsWithAtom(last);
    }
    default:
      return isAtom(value);
  }
}

function isAtom({ kind }: Value): boolean {
  return kind === "bool" || kind === "int" || kind === "string" || kind === "ident";
}

function isLogop({ kind }: Value): boolean {
  return kind === "and" || kind === "or";
}

function groupIf(needed: boolean, value: Value): Value {
  if (!needed) return value;
  return { kind: "group", items: [value], start: value.start, end: value.end };
}
