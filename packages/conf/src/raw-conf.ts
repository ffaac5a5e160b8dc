import { type LineIndex, quote } from "@mirage/diagnostics";
import { classifyKey, type Family, families, nearestKey, type PlainKey } from "./keys.js";
import type { Problems } from "./problems.js";
import type { Line, Range, Token } from "./syntax.js";

/** One `key: value` line of known meaning. */
export interface Entry {
  readonly key: Token;
  readonly value: Token;
}

/** An entry of a family such as `fs-NAME`. */
export interface NamedEntry extends Entry {
  readonly name: string;
}

/** The whole line of an entry. */
export function whole(entry: Entry): Range {
  return { start: entry.key.start, end: Math.max(entry.key.end, entry.value.end) };
}

/** The entries of a file by key. */
export interface RawConf {
  /** Keys that are written in the file, if with a value that is refused. */
  readonly written: ReadonlySet<PlainKey>;
  readonly plain: ReadonlyMap<PlainKey, Entry>;
  /** `depends`, `packages` and the like, which accumulate. */
  readonly lists: ReadonlyMap<PlainKey, readonly Entry[]>;
  readonly named: Readonly<Record<Family, readonly NamedEntry[]>>;
}

const longestValue = 65_536;

/** The keys that may stand in several lines, which then count together. */
export const listKeys: readonly PlainKey[] = [
  "depends",
  "packages",
  "preprocess",
  "dns-servers",
  "dns-search",
  "https-domain",
  "https-contact",
];

/** Sorts lines by key, and reports lines that are no entries, unknown keys and duplicates. */
export function readRawConf(lines: readonly Line[], index: LineIndex, problems: Problems): RawConf {
  const written = new Set<PlainKey>();
  const plain = new Map<PlainKey, Entry>();
  const lists = new Map<PlainKey, Entry[]>(listKeys.map((key) => [key, []]));
  const named: Record<Family, NamedEntry[]> = {
    fs: [],
    block: [],
    fat: [],
    net: [],
    argument: [],
    xl: [],
  };
  const firsts = new Map<string, Entry>();

  function isNew(canonical: string, entry: Entry): boolean {
    const first = firsts.get(canonical);
    if (first === undefined) {
      firsts.set(canonical, entry);
      return true;
    }
    problems.error(entry.key, () => ({
      code: "ERR_MIRAGE_CONF_DUPLICATE_KEY",
      message: `${quote(canonical)} is already on line ${index.positionAt(first.key.start).line}`,
      hint: canonical.startsWith("xl-")
        ? "keep one of them; several devices are one list: `[ 'first', 'second' ]`"
        : "keep one of them",
    }));
    return false;
  }

  for (const line of lines) {
    if (line.kind === "malformed") {
      problems.error(line.text, () => ({
        code: "ERR_MIRAGE_CONF_LINE",
        message: `${quote(line.text.text)} is not a \`key: value\` line`,
        hint: "put a colon behind the key, or begin the line with `#` to make it a comment",
      }));
      continue;
    }
    const entry = { key: line.key, value: line.value };
    const key = classifyKey(entry.key.text);
    if (key === undefined) {
      reportUnknownKey(entry.key, problems);
    } else if (key.kind === "plain") {
      const list = lists.get(key.key);
      if (list) {
        if (isReadable(entry, problems)) list.push(entry);
      } else if (isNew(key.key, entry)) {
        written.add(key.key);
        if (hasValue(entry, problems)) plain.set(key.key, entry);
      }
    } else if (isNew(`${key.family}-${key.name}`, entry) && hasValue(entry, problems)) {
      named[key.family].push({ ...entry, name: key.name });
    }
  }
  return { written, plain, lists, named };
}

function reportUnknownKey(key: Token, problems: Problems): void {
  problems.error(key, () => ({
    code: "ERR_MIRAGE_CONF_UNKNOWN_KEY",
    message: key.text === "" ? "a key is missing before `:`" : `unknown key ${quote(key.text)}`,
    hint: keyHint(key.text),
  }));
}

function keyHint(key: string): string {
  const nearest = nearestKey(key);
  if (nearest !== undefined) return `did you mean \`${nearest}\`?`;
  const named = families.map((family) => `${family}-*`).join(", ");
  return `the keys are name, main-*, ip-*, http-*, depends, packages, ${named}`;
}

function hasValue(entry: Entry, problems: Problems): boolean {
  if (entry.value.text !== "") return isReadable(entry, problems);
  problems.error(entry.key, () => ({
    code: "ERR_MIRAGE_CONF_NO_VALUE",
    message: `${quote(entry.key.text)} has no value`,
    hint: "write one behind the colon, or remove the line",
  }));
  return false;
}

/**
 * No value is as long as the limit, and checking a longer one would only take time. Control
 * characters are never meant, and U+FFFD is what bytes that are not UTF-8 become.
 */
function isReadable(entry: Entry, problems: Problems): boolean {
  if (entry.value.text.length > longestValue) {
    problems.error(entry.key, () => ({
      code: "ERR_MIRAGE_CONF_TOO_LONG",
      message: `the value of ${quote(entry.key.text)} is ${entry.value.text.length} characters long`,
      hint: `a value has at most ${longestValue} characters; \`depends\`, \`packages\` and \`preprocess\` may take several lines`,
    }));
    return false;
  }
  const at = entry.value.text.search(/(?!\t)[\p{Cc}\ufffd]/u);
  if (at === -1) return true;
  const start = entry.value.start + at;
  problems.error({ start, end: start + 1 }, () => ({
    code: "ERR_MIRAGE_CONF_CHARACTER",
    message:
      entry.value.text[at] === "\ufffd"
        ? `the value of ${quote(entry.key.text)} is not UTF-8 text`
        : `the value of ${quote(entry.key.text)} contains a control character`,
    hint: "type the value again, and save the file as UTF-8 with ordinary line ends",
  }));
  return false;
}
