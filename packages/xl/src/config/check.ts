import { type Diagnostic, didYouMean, MirageError, quote, type Span } from "@mirage/diagnostics";
import type { XlConfig, XlEntry, XlValue } from "./config.js";
import { parseDisk } from "./disk.js";
import { type XlKey, type XlKeyType, xlKeys } from "./keys.js";
import { getString, readNumber } from "./lookup.js";
import { parseVif } from "./vif.js";

/**
 * What is wrong with the keys and their values: errors where xl would refuse the file or go on with
 * something else than is written, warnings for keys that xl does not know or has a better one for.
 */
export function checkXlConfig(config: XlConfig): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const seen = new Map<string, XlEntry>();
  for (const entry of config.entries) {
    const before = seen.get(entry.key);
    if (before && entry.operator !== "+=") diagnostics.push(repeated(entry, before));
    seen.set(entry.key, entry);
    const key = xlKeys.get(entry.key);
    diagnostics.push(...(key ? checkEntry(entry, key) : [unknown(entry)]));
  }
  if ((getString(config, "name") ?? "") === "") {
    diagnostics.push({
      code: "ERR_MIRAGE_XL_NO_NAME",
      message: "the domain has no name",
      hint: 'add a line such as `name = "www"`',
      severity: "error",
    });
  }
  return diagnostics;
}

function repeated({ key, keySpan }: XlEntry, before: XlEntry): Diagnostic {
  const place = before.keySpan ? ` on line ${before.keySpan.start.line}` : "";
  return {
    code: "ERR_MIRAGE_XL_REPEATED_KEY",
    message: `${quote(key)} is set already${place}, and only the last one counts`,
    hint: "remove one of them, or append with `+=`",
    severity: "warning",
    ...at(keySpan),
  };
}

function unknown({ key, keySpan }: XlEntry): Diagnostic {
  const nearest = didYouMean(key, xlKeys.keys());
  return {
    code: "ERR_MIRAGE_XL_UNKNOWN_KEY",
    message: `xl does not know the key ${quote(key)}, and ignores it`,
    hint: nearest ? `did you mean \`${nearest}\`?` : "xl.cfg(5) lists the keys",
    severity: "warning",
    ...at(keySpan),
  };
}

function checkEntry(entry: XlEntry, key: XlKey): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  if (key.replacedBy) {
    diagnostics.push({
      code: "ERR_MIRAGE_XL_OLD_KEY",
      message: `${quote(key.name)} is out of date`,
      hint: `use \`${key.replacedBy}\``,
      severity: "warning",
      ...at(entry.keySpan),
    });
  }
  const problem = typeProblem(entry, key) ?? wordProblem(entry, key);
  if (problem) return [...diagnostics, problem];
  if (key.name === "vif") diagnostics.push(...checkItems(entry, vifCheck()));
  if (key.name === "disk") diagnostics.push(...checkItems(entry, diskCheck()));
  return diagnostics;
}

const typeNames: Readonly<Record<XlKeyType, string>> = {
  string: "text",
  number: "a number",
  boolean: "1 or 0",
  list: "a list",
};

const examples: Readonly<Record<XlKeyType, string>> = {
  string: '"text"',
  number: "1",
  boolean: "1",
  list: '[ "first", "second" ]',
};

function typeProblem({ key, value, operator, keySpan }: XlEntry, known: XlKey) {
  const fits = known.types.some((type) => hasType(value, type));
  const isNumber = known.types.every((type) => type === "number" || type === "boolean");
  if (fits && !(isNumber && operator === "+=")) return undefined;
  const wanted = known.types.map((type) => typeNames[type]).join(" or ");
  return error(
    "ERR_MIRAGE_XL_TYPE",
    fits ? `nothing can be appended to ${quote(key)}` : `${quote(key)} is ${wanted}`,
    `write \`${key} = ${examples[known.types[0] ?? "string"]}\``,
    value.span ?? keySpan,
  );
}

function hasType(value: XlValue, type: XlKeyType): boolean {
  if (type === "list") return value.kind === "list";
  if (type === "string") return value.kind !== "list";
  return readNumber(value) !== undefined;
}

function wordProblem({ key, value, keySpan }: XlEntry, { words }: XlKey) {
  if (!words || value.kind === "list") return undefined;
  const word = String(value.value);
  if (words.includes(word)) return undefined;
  const nearest = didYouMean(word, words);
  return error(
    "ERR_MIRAGE_XL_WORD",
    `${quote(key)} cannot be ${quote(word)}`,
    nearest ? `did you mean \`${nearest}\`?` : `write one of ${words.join(", ")}`,
    value.span ?? keySpan,
  );
}

function checkItems(
  { key, value, keySpan }: XlEntry,
  check: (text: string, span: Span | undefined) => Diagnostic[],
): Diagnostic[] {
  if (value.kind !== "list") return [];
  return value.items.flatMap((item) => {
    const span = item.span ?? keySpan;
    if (item.kind === "string") return readable(() => check(item.value, span), span);
    return [
      error("ERR_MIRAGE_XL_TYPE", `${quote(key)} is a list of strings`, "put each in quotes", span),
    ];
  });
}

/** What xl itself would refuse is an error: one address twice, and names that the kernel does not take. */
function vifCheck(): (text: string, span: Span | undefined) => Diagnostic[] {
  const isNew = distinct();
  return (text, span) => {
    const { mac, bridge, vifname } = parseVif(text);
    const refused = (message: string, hint: string) =>
      error("ERR_MIRAGE_XL_VIF", message, hint, span);
    return [
      ...(mac === undefined || isNew(mac.toLowerCase())
        ? []
        : [refused(`two interfaces have the MAC address ${mac}`, "give each one of its own")]),
      ...(bridge === ""
        ? [refused("`bridge` is empty", "name one, or leave `bridge=` out: xl takes xenbr0 then")]
        : []),
      ...(vifname === undefined || isInterfaceName(vifname)
        ? []
        : [
            refused(
              `${quote(vifname)} cannot name an interface`,
              "take 1 to 15 characters without spaces, `/` and `:`",
            ),
          ]),
      ...checkVifKeys(text, span),
    ];
  };
}

/** `dev_valid_name` of Linux. */
function isInterfaceName(name: string): boolean {
  return /^(?!\.{1,2}$)[^\s/:]+$/.test(name) && Buffer.byteLength(name) <= 15;
}

/** Tells whether a text was not seen before. */
function distinct(): (text: string) => boolean {
  const seen = new Set<string>();
  return (text) => seen.size < seen.add(text).size;
}

function checkVifKeys(text: string, span: Span | undefined): Diagnostic[] {
  const known = ["mac", "bridge", "ip", "type", "model", "vifname", "script", "backend"];
  return Object.keys(parseVif(text).other ?? {})
    .filter((name) => !/^(?:vlan|forwarddev|colo_.*)$/.test(name))
    .map((name) => {
      const nearest = didYouMean(name, [...known, "gatewaydev", "rate", "devid", "mtu", "vlan"]);
      return {
        code: "ERR_MIRAGE_XL_VIF",
        message: `xl does not know the parameter ${quote(name)} of a network interface`,
        hint: nearest
          ? `did you mean \`${nearest}\`?`
          : "xl-network-configuration(5) lists the parameters",
        severity: "warning",
        ...at(span),
      };
    });
}

function diskCheck(): (text: string, span: Span | undefined) => Diagnostic[] {
  const isNew = distinct();
  return (text, span) => {
    const { vdev } = parseDisk(text);
    if (isNew(vdev)) return [];
    const message = `two disks are ${quote(vdev)} of the guest`;
    return [error("ERR_MIRAGE_XL_DISK", message, "give each a device of its own", span)];
  };
}

function readable(check: () => Diagnostic[], span: Span | undefined): Diagnostic[] {
  try {
    return check();
  } catch (problem) {
    if (!(problem instanceof MirageError)) throw problem;
    return [error(problem.code, problem.message, problem.hint ?? "", span)];
  }
}

function error(
  code: Diagnostic["code"],
  message: string,
  hint: string,
  span: Span | undefined,
): Diagnostic {
  return { code, message, hint, severity: "error", ...at(span) };
}

function at(span: Span | undefined): { span?: Span } {
  return span ? { span } : {};
}
