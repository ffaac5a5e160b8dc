import { didYouMean, quote } from "@mirage/diagnostics";
import {
  type Argument,
  type ArgumentType,
  argumentTypes,
  builtinArguments,
} from "./configuration.js";
import { parseIpv4 } from "./ipv4.js";
import { ocamlKeywords } from "./ocaml-keywords.js";
import type { Problems } from "./problems.js";
import { type NamedEntry, type RawConf, whole } from "./raw-conf.js";
import type { SpanOf } from "./span-of.js";

/** TYPE [list] [= DEFAULT] [, "WHAT IT IS"] */
const shape =
  /^([a-z]+)(\s+list)?(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^"]*?)))?(?:\s*,\s*"((?:[^"\\]|\\.)*)")?$/;

/** Characters; matching a longer one would only take time. */
const longestDeclaration = 1024;

const example = '`argument-port: int = 8080, "where it listens"`';

/** `argument-NAME: TYPE = DEFAULT, "WHAT IT IS"`. */
export function readArguments(raw: RawConf, problems: Problems, spanOf: SpanOf): Argument[] {
  return raw.named.argument.flatMap((entry) => {
    const isNamed = checkName(entry, problems);
    const read = readArgument(entry, problems);
    return isNamed && read ? [{ name: entry.name, ...read, span: spanOf(whole(entry)) }] : [];
  });
}

function checkName({ key, name }: NamedEntry, problems: Problems): boolean {
  const isBuiltin = builtinArguments.some((builtin) => builtin === name);
  if (/^[a-z][a-z0-9-]{0,63}$/.test(name) && !isBuiltin && !ocamlKeywords.has(name)) return true;
  problems.error(key, () => ({
    code: "ERR_MIRAGE_CONF_ARGUMENT",
    message: isBuiltin
      ? `every program that can take it has the argument \`--${name}\` already`
      : ocamlKeywords.has(name)
        ? `${quote(name)} is a keyword of OCaml, so the value cannot be \`Arguments.${name}\``
        : `${quote(name)} cannot be the name of an argument`,
    hint: "names consist of lower-case letters, digits and `-`, such as `argument-cache-size`",
  }));
  return false;
}

function readArgument(
  { value }: NamedEntry,
  problems: Problems,
): Omit<Argument, "name" | "span"> | undefined {
  const isShort = value.text.length <= longestDeclaration;
  const [, word = "", list, quoted, bare, doc] = (isShort && shape.exec(value.text)) || [];
  const type = argumentTypes.find((known) => known === word);
  if (word === "") {
    return problems.error(value, () => ({
      code: "ERR_MIRAGE_CONF_ARGUMENT",
      message: `${quote(value.text)} does not say what the argument is`,
      hint: `write a type, and perhaps a default and what it is: ${example}`,
    }));
  }
  if (type === undefined) {
    return problems.error(value, () => {
      const nearest = didYouMean(word, argumentTypes);
      return {
        code: "ERR_MIRAGE_CONF_ARGUMENT",
        message: `${quote(word)} is not a type of arguments`,
        hint: nearest ? `did you mean \`${nearest}\`?` : `there are ${argumentTypes.join(", ")}`,
      };
    });
  }
  const isList = list !== undefined;
  const text = quoted === undefined ? bare : plain(quoted);
  const wrong = text === undefined ? undefined : whyWrong(type, isList, text);
  if (wrong !== undefined) {
    return problems.error(value, () => ({
      code: "ERR_MIRAGE_CONF_ARGUMENT",
      message: `the default ${quote(wrong)} is not ${whatIs[type]}`,
      hint: `write it behind the type: \`${exampleOf[type]}\``,
    }));
  }
  return {
    type,
    isList,
    ...(text === undefined ? {} : { fallback: text }),
    ...(doc === undefined ? {} : { doc: plain(doc) }),
  };
}

const whatIs: Readonly<Record<ArgumentType, string>> = {
  string: "a text",
  int: "a whole number",
  bool: "true or false",
  address: "an IPv4 address",
  cidr: "a network",
  duration: "a duration",
  size: "a size",
};

const exampleOf: Readonly<Record<ArgumentType, string>> = {
  string: 'string = "hello"',
  int: "int = 8080",
  bool: "bool = false",
  address: "address = 10.0.0.7",
  cidr: "cidr = 10.0.0.0/24",
  duration: "duration = 1h30m",
  size: "size = 64MiB",
};

/** The first part of a default that is no value of its type. */
function whyWrong(type: ArgumentType, isList: boolean, text: string): string | undefined {
  if (!isList) return parseArgument(type, text) === undefined ? text : undefined;
  return argumentItems(text).find((item) => parseArgument(type, item) === undefined);
}

/** The items of a list. */
export function argumentItems(text: string): string[] {
  return text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

/** A value in one form, whatever form it is written in; nothing for what is none of the type. */
export function parseArgument(
  type: ArgumentType,
  text: string,
): string | number | boolean | undefined {
  switch (type) {
    case "string":
      return text;
    case "int":
      return /^-?[0-9]{1,9}$/.test(text) ? Number(text) : undefined;
    case "bool":
      return text === "true" || text === "false" ? text === "true" : undefined;
    case "address":
      return parseIpv4(text)?.toString();
    case "cidr": {
      const [, address = "", bits] = /^([0-9.]+)\/([0-9]|[12][0-9]|3[0-2])$/.exec(text) ?? [];
      const parsed = parseIpv4(address);
      return parsed && `${parsed}/${bits}`;
    }
    case "duration":
      return seconds(text);
    case "size":
      return octets(text);
  }
}

const unitSeconds: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86400 };

function seconds(text: string): number | undefined {
  if (!/^([0-9]{1,9}(\.[0-9]{1,9})?(ms|s|m|h|d))+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/([0-9.]+)([a-z]+)/g)];
  return parts.reduce(
    (sum, [, number, unit = ""]) => sum + Number(number) * (unitSeconds[unit] ?? 0),
    0,
  );
}

function octets(text: string): number | undefined {
  const [, number, unit = ""] = /^([0-9]{1,10})(B|K|KiB|M|MiB|G|GiB)?$/.exec(text) ?? [];
  if (number === undefined) return undefined;
  const value = Number(number) * 1024 ** " KMG".indexOf(unit.replace("B", "").charAt(0) || " ");
  return value <= 2 ** 30 - 1 ? value : undefined;
}

function plain(text: string): string {
  return text.replaceAll(/\\(.)/g, "$1");
}
