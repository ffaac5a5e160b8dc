import { readdirSync } from "node:fs";
import { join } from "node:path";
import {
  argumentTypes,
  builtinDevices,
  codings,
  compats,
  type Key,
  logLevels,
  type PlainKey,
  settingSuffix,
} from "@mirage/conf";
import type { Offered } from "@mirage/dependencies";
import { CompletionItemKind } from "vscode-languageserver";
import { type DeviceFamily, declaredDevices } from "./device-names.js";
import { describeBuiltin } from "./reference.js";
import { definitionsIn, modulesIn, readSource } from "./sources.js";

export interface ValueContext {
  /** The whole file. */
  readonly text: string;
  /** Of the value, what stands before the cursor. */
  readonly before: string;
  /** The application's folder. */
  readonly directory: string;
  readonly offered: () => Promise<Offered | undefined>;
}

export interface ValueProposal {
  readonly text: string;
  /** Markdown. */
  readonly doc?: string;
  readonly kind?: CompletionItemKind;
}

export interface Proposals {
  /** What was typed of the value, or of its last part: the proposals stand in its place. */
  readonly typed: string;
  readonly values: readonly ValueProposal[];
}

/** Words that are the whole value of a key. */
const words: Readonly<Partial<Record<PlainKey, readonly string[]>>> = {
  "ip-use-dhcp": ["true", "false"],
  "ip6-use-slaac": ["true", "false"],
  "https-redirect": ["true", "false"],
  "http-address": ["*"],
  "log-level": logLevels,
  compat: compats,
  sandbox: ["strict", "unix"],
};

const nothing: Proposals = { typed: "", values: [] };

/** What a value, or the next part of it, can be. */
export async function proposedValues(key: Key, context: ValueContext): Promise<Proposals> {
  if (key.kind === "family") return ofFamily(key.family, key.name, context);
  switch (key.key) {
    case "main-app":
    case "main-http":
    case "main-ip":
    case "main-noip":
      return ofMain(key.key, context);
    case "depends":
    case "preprocess":
      return libraries(context);
    case "packages":
      return packages(context);
    case "https-certificate":
    case "https-key":
      return devices(context, "fs", "block");
    case "https-anchors":
      return paths(context, false);
    default:
      return only(context, words[key.key] ?? []);
  }
}

function ofFamily(family: string, name: string, context: ValueContext): Proposals {
  switch (family) {
    case "fs":
      return ofFolder(settingSuffix(name), context);
    case "block":
      return paths(context, false);
    case "fat":
      return devices(context, "block");
    case "argument":
      return /^\w*$/.test(context.before) ? only(context, argumentTypes) : nothing;
    default:
      return nothing;
  }
}

function ofFolder(setting: string | undefined, context: ValueContext): Proposals {
  switch (setting) {
    case undefined:
      return paths(context, true);
    case "-links":
      return only(context, ["inside", "outside"]);
    case "-compress":
      return only(context, [...codings, "none"]);
    default:
      return nothing;
  }
}

/** A module of the application's, what it defines, and behind the parenthesis devices. */
function ofMain(key: PlainKey, { text, before, directory }: ValueContext): Proposals {
  if (before.includes("(")) return key === "main-app" ? functorArguments(text, before) : nothing;
  const modules = modulesIn(directory);
  const [typed = ""] = /[\w']*$/.exec(before) ?? [];
  const [module, ...inner] = before.slice(0, before.length - typed.length).split(".");
  if (module === "" || module === undefined) {
    return { typed, values: [...modules.keys()].map((name) => moduleNamed(name)) };
  }
  const file = modules.get(module);
  if (file === undefined || inner.length > 1) return nothing;
  const wanted = key === "main-app" ? "module" : "value";
  const names = definitionsIn(readSource(directory, file))
    .filter(({ kind, isOuter }) => kind === wanted && isOuter)
    .map(({ name }) => name);
  return { typed, values: [...new Set(names)].map((name) => moduleNamed(name)) };
}

function moduleNamed(text: string): ValueProposal {
  return { text, kind: CompletionItemKind.Module };
}

/** The devices of a functor. */
function functorArguments(text: string, before: string): Proposals {
  const [typed = ""] = /[\w-]*$/.exec(before) ?? [];
  const declared = declaredDevices(text).map(({ name, declares }) => ({
    text: name,
    doc: `\`${declares}-${name}\``,
    kind: CompletionItemKind.Variable,
  }));
  const builtin = builtinDevices.map((name) => {
    const doc = describeBuiltin(name);
    return { text: name, kind: CompletionItemKind.Constant, ...(doc === undefined ? {} : { doc }) };
  });
  return { typed, values: [...declared, ...builtin] };
}

function only({ before }: ValueContext, texts: readonly string[]): Proposals {
  const [typed = ""] = /[^\s,]*$/.exec(before) ?? [];
  return { typed, values: texts.map((text) => ({ text, kind: CompletionItemKind.EnumMember })) };
}

function devices({ text, before }: ValueContext, ...families: DeviceFamily[]): Proposals {
  const found = declaredDevices(text).filter(({ declares }) => families.includes(declares));
  return { typed: before, values: found.map(({ name }) => ({ text: name })) };
}

/** Libraries by their names; of one that is named already, with a dot, its parts. */
async function libraries({ before, offered }: ValueContext): Promise<Proposals> {
  const [typed = ""] = /[\w.+-]*$/.exec(before) ?? [];
  const known = await offered();
  if (known === undefined) return nothing;
  const [top = "", ...inner] = typed.split(".");
  const names =
    inner.length > 0
      ? (await known.installed.parts(top)).map((part) => `${top}.${part}`)
      : known.libraries;
  return { typed, values: names.map((name) => moduleNamed(name)) };
}

async function packages({ before, offered }: ValueContext): Promise<Proposals> {
  const [typed = ""] = /[\w+-]*$/.exec(before) ?? [];
  const known = /[.<>=]\s*[\w+-]*$/.test(before) ? undefined : await offered();
  return known === undefined
    ? nothing
    : { typed, values: known.packages.map((name) => moduleNamed(name)) };
}

/** Files and folders of the application's folder, those below a folder once it is typed. */
function paths({ before, directory }: ValueContext, onlyFolders: boolean): Proposals {
  const [typed = ""] = /[^/]*$/.exec(before) ?? [];
  const folder = join(directory, before.slice(0, before.length - typed.length));
  return {
    typed,
    values: entriesIn(folder)
      .filter((entry) => !entry.name.startsWith(".") && (entry.isDirectory() || !onlyFolders))
      .map((entry) => ({
        text: entry.name,
        kind: entry.isDirectory() ? CompletionItemKind.Folder : CompletionItemKind.File,
      })),
  };
}

function entriesIn(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
