import { didYouMean, quote } from "@mirage/diagnostics";
import {
  type Block,
  builtinDevices,
  type DeviceKind,
  type Fat,
  type Filesystem,
  type Network,
  type Written,
} from "./configuration.js";
import { readFilesystemSettings, settingSuffix } from "./filesystem-settings.js";
import type { Family } from "./keys.js";
import type { Problems } from "./problems.js";
import { type NamedEntry, type RawConf, whole } from "./raw-conf.js";
import type { SpanOf } from "./span-of.js";
import type { Token } from "./syntax.js";

/** What `main-app` may name. */
export type DeviceTable = ReadonlyMap<string, DeviceKind>;

export interface Devices {
  readonly filesystems: readonly Filesystem[];
  readonly blocks: readonly Block[];
  readonly fats: readonly Fat[];
  readonly networks: readonly Network[];
  readonly table: DeviceTable;
}

type DeviceFamily = Exclude<Family, "argument" | "xl">;

const kindOfFamily = {
  fs: "fs",
  block: "block",
  fat: "fat",
  net: "network",
} as const satisfies Record<DeviceFamily, DeviceKind>;

/** `fs-*`, `block-*`, `fat-*` and `net-*`, with names that are unique among all of them. */
export function readDevices(raw: RawConf, problems: Problems, spanOf: SpanOf): Devices {
  const table = new Map<string, DeviceKind>(builtinDevices.map((name) => [name, name]));
  const firsts = new Map<string, NamedEntry>();
  const families = Object.keys(kindOfFamily) as DeviceFamily[];
  const declared = families
    .flatMap((family) => declarations(raw, family).map((entry) => ({ family, entry })))
    .sort((a, b) => a.entry.key.start - b.entry.key.start);
  for (const { family, entry } of declared) {
    checkName(entry, problems);
    const first = firsts.get(entry.name);
    if (first !== undefined) {
      problems.error(entry.key, () => ({
        code: "ERR_MIRAGE_CONF_DEVICE_NAME",
        message: `${quote(first.key.text)} on line ${spanOf(first.key).start.line} already has the name ${quote(entry.name)}`,
        hint: "give every device a name of its own",
      }));
    } else if (isBuiltin(entry.name) && !(family === "fs" && !raw.plain.has("main-app"))) {
      problems.error(entry.key, () => ({
        code: "ERR_MIRAGE_CONF_DEVICE_NAME",
        message: `the device ${quote(entry.name)} is built in`,
        hint: `choose another name, such as \`${family}-my_${entry.name}\``,
      }));
    } else {
      firsts.set(entry.name, entry);
      table.set(entry.name, kindOfFamily[family]);
    }
  }
  const written = ({ value }: NamedEntry): Written<string> => ({
    value: value.text,
    span: spanOf(value),
  });
  const common = (entry: NamedEntry) => ({ name: entry.name, span: spanOf(whole(entry)) });
  checkFats(raw, problems);
  checkNetworks(raw, problems);
  const filesystems = declarations(raw, "fs");
  const names = filesystems.map(({ name }) => name);
  const settings = readFilesystemSettings(raw, names, problems, spanOf);
  return {
    filesystems: filesystems.map((entry) => ({
      ...common(entry),
      path: written(entry),
      ...settings.get(entry.name),
    })),
    blocks: raw.named.block.map((entry) => ({ ...common(entry), path: written(entry) })),
    fats: raw.named.fat.map((entry) => ({ ...common(entry), block: written(entry) })),
    networks: raw.named.net.map((entry) => ({ ...common(entry), tap: written(entry) })),
    table,
  };
}

/** The entries that declare a device, without those that say more about one. */
function declarations(raw: RawConf, family: DeviceFamily): readonly NamedEntry[] {
  const entries = raw.named[family];
  return family === "fs"
    ? entries.filter(({ name }) => settingSuffix(name) === undefined)
    : entries;
}

function isBuiltin(name: string): boolean {
  return builtinDevices.some((builtin) => builtin === name);
}

/** The name becomes a part of OCaml names such as `Filesystem_NAME`. */
function checkName(entry: NamedEntry, problems: Problems): void {
  if (/^[A-Za-z0-9_]{1,64}$/.test(entry.name)) return;
  const better = entry.name.replace(/[^A-Za-z0-9_]+/g, "_").slice(0, 64);
  const family = entry.key.text.split("-", 1).join("");
  problems.error(entry.key, () => ({
    code: "ERR_MIRAGE_CONF_DEVICE_NAME",
    message: `${quote(entry.name)} cannot be a part of an OCaml module name`,
    hint: `use up to 64 letters, digits and underscores, such as \`${family}-${better || "data"}\``,
  }));
}

function checkFats(raw: RawConf, problems: Problems): void {
  const blocks = new Set(raw.named.block.map(({ name }) => name));
  const users = new Map<string, Token>();
  for (const { key, value } of raw.named.fat) {
    const user = users.get(value.text);
    if (!blocks.has(value.text)) {
      problems.error(value, () => ({
        code: "ERR_MIRAGE_CONF_UNKNOWN_BLOCK",
        message: `no block device is called ${quote(value.text)}`,
        hint: blockHint(value.text, blocks),
      }));
    } else if (user !== undefined) {
      problems.error(value, () => ({
        code: "ERR_MIRAGE_CONF_SHARED_DEVICE",
        message: `${quote(value.text)} already holds ${quote(user.text)}; two file systems on one block device would destroy each other`,
        hint: "give each a block device of its own",
      }));
    }
    users.set(value.text, user ?? key);
  }
}

function blockHint(name: string, blocks: ReadonlySet<string>): string {
  const unprefixed = name.replace(/^block-/, "");
  const nearest = blocks.has(unprefixed) ? unprefixed : didYouMean(name, blocks);
  if (nearest !== undefined) return `did you mean \`${nearest}\`?`;
  return "declare it, such as `block-disk: disk.img`, and name it here as `disk`";
}

function checkNetworks(raw: RawConf, problems: Problems): void {
  const users = new Map<string, Token>();
  for (const { key, value } of raw.named.net) {
    const user = users.get(value.text);
    // IFNAMSIZ of Linux is 16 with the final zero; dev_valid_name() refuses these characters.
    if (!/^(?!\.{1,2}$)[^\s/:]{1,15}$/.test(value.text)) {
      problems.error(value, () => ({
        code: "ERR_MIRAGE_CONF_INTERFACE",
        message: `${quote(value.text)} is not the name of a network interface`,
        hint: "write the TAP device of the host: up to 15 characters without space, `/` and `:`, such as `tap1`",
      }));
    } else if (user !== undefined) {
      problems.error(value, () => ({
        code: "ERR_MIRAGE_CONF_SHARED_DEVICE",
        message: `${quote(user.text)} already uses the interface ${quote(value.text)}`,
        hint: "give each network a TAP device of its own",
      }));
    }
    users.set(value.text, user ?? key);
  }
}
