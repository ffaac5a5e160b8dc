import { didYouMean, quote } from "@mirage/diagnostics";
import {
  builtinDevices,
  type DeviceReference,
  type Main,
  type ValueMain,
} from "./configuration.js";
import type { DeviceTable } from "./devices.js";
import type { PlainKey } from "./keys.js";
import { ocamlKeywords } from "./ocaml-keywords.js";
import { type Problems, startOfFile } from "./problems.js";
import { type Entry, type RawConf, whole } from "./raw-conf.js";
import type { SpanOf } from "./span-of.js";
import { parseFunctorApplication, parseModuleValue, type Range, type Token } from "./syntax.js";

const code = "ERR_MIRAGE_CONF_MAIN";

const mainKeys = ["main-noip", "main-ip", "main-http", "main-app"] as const satisfies PlainKey[];

/** The one `main-*` key. Each one written is checked, even if there are too many. */
export function readMain(
  raw: RawConf,
  devices: DeviceTable,
  problems: Problems,
  spanOf: SpanOf,
): Main | undefined {
  const written = mainKeys
    .map((key) => ({ key, entry: raw.plain.get(key) }))
    .filter((main): main is { key: typeof main.key; entry: Entry } => main.entry !== undefined)
    .sort((a, b) => a.entry.key.start - b.entry.key.start);
  const first = written[0];
  if (!first) {
    if (mainKeys.some((key) => raw.written.has(key))) return undefined;
    return problems.error(startOfFile, () => ({
      code: "ERR_MIRAGE_CONF_NO_MAIN",
      message: "nothing says where the program starts",
      hint: "add one of `main-noip`, `main-ip`, `main-http` or `main-app`, such as `main-noip: Hello.main`",
    }));
  }
  for (const other of written.slice(1)) {
    problems.error(other.entry.key, () => ({
      code: "ERR_MIRAGE_CONF_TWO_MAINS",
      message: `\`${other.key}\` is a second main: line ${spanOf(first.entry.key).start.line} has \`${first.key}\``,
      hint: "keep one of them",
    }));
  }
  const [main] = written.map(({ key, entry }) =>
    key === "main-app"
      ? readFunctorMain(entry, devices, problems, spanOf)
      : readValueMain(kinds[key], entry, problems, spanOf),
  );
  return main && checkOwnModules(main, raw, problems) ? main : undefined;
}

const kinds = { "main-noip": "noip", "main-ip": "ip", "main-http": "http" } as const;

function readValueMain(
  kind: ValueMain["kind"],
  entry: Entry,
  problems: Problems,
  spanOf: SpanOf,
): ValueMain | undefined {
  const parsed = parseModuleValue(entry.value);
  if ("failed" in parsed || ocamlKeywords.has(parsed.value)) {
    return problems.error(entry.value, () => ({
      code,
      message: `${quote(entry.value.text)} is not a value of an OCaml module`,
      hint: entry.value.text.includes("(")
        ? "functors belong to `main-app`"
        : "write the module and the value, such as `Ping.main` for `main` in ping.ml",
    }));
  }
  return {
    kind,
    modulePath: parsed.path,
    value: parsed.value,
    nameSpan: spanOf(nameIn(entry.value)),
    span: spanOf(whole(entry)),
  };
}

function readFunctorMain(
  entry: Entry,
  devices: DeviceTable,
  problems: Problems,
  spanOf: SpanOf,
): Main | undefined {
  const parsed = parseFunctorApplication(entry.value);
  if ("failed" in parsed) {
    return problems.error(parsed.start < parsed.end ? parsed : entry.value, () => ({
      code,
      message: `${quote(entry.value.text)} is not a functor with its devices`,
      hint: "write it as `Unikernel.Main (console, stack)`: all devices in one pair of parentheses",
    }));
  }
  const { path } = parsed;
  if (path.length === 1 && parsed.args.length > 0) {
    problems.error(entry.value, () => ({
      code,
      message: `${quote(path.join("."))} is a file, which cannot be a functor`,
      hint: `name the functor in it, such as \`${path.join(".")}.Main\``,
    }));
  }
  const args = parsed.args
    .map((arg) => readDevice(arg, devices, problems, spanOf))
    .filter((arg) => arg !== undefined);
  return {
    kind: "app",
    modulePath: path,
    args,
    nameSpan: spanOf(nameIn(entry.value)),
    span: spanOf(whole(entry)),
  };
}

/** The name of a module or value at the beginning of a `main-*`. */
function nameIn({ text, start }: Token): Range {
  const [name = ""] = /^[\w'.]+/.exec(text) ?? [];
  return { start, end: start + name.length };
}

/** Refuses the names of modules that mirage itself writes next to the application. */
function checkOwnModules(
  { kind, modulePath: [file = ""], nameSpan }: Main,
  { named }: RawConf,
  problems: Problems,
): boolean {
  const isTaken =
    file === "Main" ||
    (file === "Net" && kind === "ip") ||
    (file === "Arguments" && named.argument.length > 0);
  if (isTaken) {
    const source = `${file.toLowerCase()}.ml`;
    problems.error({ start: nameSpan.start.offset, end: nameSpan.end.offset }, () => ({
      code,
      message: `the module \`${file}\` is the file ${source} that mirage itself writes`,
      hint: `rename your ${source}`,
    }));
  }
  return !isTaken;
}

function readDevice(
  arg: Token,
  devices: DeviceTable,
  problems: Problems,
  spanOf: SpanOf,
): DeviceReference | undefined {
  const kind = devices.get(arg.text);
  if (kind !== undefined) return { name: arg.text, kind, span: spanOf(arg) };
  return problems.error(arg, () => ({
    code: "ERR_MIRAGE_CONF_UNKNOWN_DEVICE",
    message: `no device is called ${quote(arg.text)}`,
    hint: deviceHint(arg.text, devices),
  }));
}

/** What later versions of MirageOS call a device, and what it is called here. */
const laterNames: ReadonlyMap<string, string> = new Map([
  ["stackv4", "stack"],
  ["stackv6", "stack"],
  ["stackv4v6", "stack"],
  ["generic_stackv4", "stack"],
  ["generic_stackv4v6", "stack"],
  ["default_console", "console"],
  ["default_network", "net"],
  ["netif", "net"],
  ["network", "net"],
  ["default_random", "random"],
  ["default_time", "time"],
  ["default_posix_clock", "clock"],
  ["default_monotonic_clock", "clock"],
  ["pclock", "clock"],
  ["mclock", "clock"],
  ["http_server", "http"],
  ["dns", "resolver"],
  ["dns_client", "resolver"],
  ["generic_dns_client", "resolver"],
  ["cohttp_client", "http_client"],
]);

function deviceHint(name: string, devices: DeviceTable): string {
  const unprefixed = name.replace(/^[a-z]+-/, "");
  const later = laterNames.get(name);
  if (later !== undefined && devices.has(later)) return `here it is called \`${later}\``;
  if (devices.has(unprefixed)) return `devices are named without prefix: \`${unprefixed}\``;
  const nearest = didYouMean(name, devices.keys());
  if (nearest !== undefined) return `did you mean \`${nearest}\`?`;
  return `declare it with \`fs-NAME\`, \`block-NAME\`, \`fat-NAME\` or \`net-NAME\`; built in are ${builtinDevices.join(", ")}`;
}
