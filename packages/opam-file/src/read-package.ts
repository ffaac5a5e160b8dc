import { type Diagnostic, didYouMean } from "@mirage/diagnostics";
import type { Field, Item, Located, OpamFile, Section, Value } from "./ast.js";
import { type Filter, parseVariable } from "./filter.js";
import { atom, atoms, empty, or, type PackageFormula } from "./formula.js";
import { Mismatch } from "./mismatch.js";
import { parsePackageId } from "./names.js";
import type {
  Argument,
  Command,
  Depext,
  EnvUpdate,
  Feature,
  PackageDefinition,
  Source,
} from "./package.js";
import { filterOfValues } from "./read-filter.js";
import { formulaOfValue, formulaOfValues, packageNameOfValue } from "./read-formula.js";
import {
  filtered,
  filteredStrings,
  items,
  optionFilter,
  stringOfValue,
  stringsOfValue,
} from "./read-value.js";
import { problemCode, spanAt } from "./text.js";
import { isValidVersion } from "./version.js";

type Draft = { -readonly [K in keyof PackageDefinition]: PackageDefinition[K] };
type Warn = (place: Located, message: string, hint?: string) => void;
type FieldReader = (value: Value, draft: Draft, warn: Warn) => void;

/** What {@link readPackage} returns. */
export interface ReadPackage {
  readonly package: PackageDefinition;
  /** What is wrong in the file, in its order; fields with errors keep their defaults. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads the fields of a package's opam file (also of a project, or an `.opam.locked`). Never throws:
 * wrong values are errors and unknown fields warnings among the diagnostics
 * (`ERR_MIRAGE_OPAM_FIELD`, `…_DUPLICATE_FIELD`, `…_UNKNOWN_FIELD`, `…_OBSOLETE_FIELD`).
 * Absent fields, such as those {@link parseFields} left out, are no error.
 */
export function readPackage(file: OpamFile): ReadPackage {
  const reader = new PackageReader(file);
  for (const item of file.items) reader.read(item);
  return { package: reader.finish(), diagnostics: reader.diagnostics };
}

class PackageReader {
  readonly diagnostics: Diagnostic[] = [];
  readonly #file: OpamFile;
  readonly #draft = emptyDraft();
  readonly #extensions = new Map<string, Value>();
  readonly #extraSources = new Map<string, Source>();
  readonly #seen = new Set<string>();

  constructor(file: OpamFile) {
    this.#file = file;
  }

  read(item: Item): void {
    try {
      if (item.kind === "section") this.#readSection(item);
      else this.#readField(item);
    } catch (error) {
      if (!(error instanceof Mismatch)) throw error;
      this.#report("error", "FIELD", error.place, error.message, error.hint);
    }
  }

  finish(): PackageDefinition {
    const draft = this.#draft;
    const flags = [...draft.flags];
    for (const tag of draft.tags) {
      if (tag.startsWith("flags:")) flags.push(tag.slice("flags:".length));
    }
    draft.flags = [...new Set(flags)];
    const subpath = this.#extensions.get("x-subpath");
    if (draft.url !== undefined && subpath?.kind === "string") {
      draft.url = { ...draft.url, subpath: draft.url.subpath ?? subpath.value };
    }
    draft.extensions = this.#extensions;
    draft.extraSources = this.#extraSources;
    return draft;
  }

  #readField(field: Field): void {
    if (this.#isRepeated(field, aliases.get(field.name) ?? field.name)) return;
    if (field.name.startsWith("x-")) {
      this.#extensions.set(field.name, field.value);
      return;
    }
    const reader = knownFields.get(field.name);
    if (reader !== undefined) {
      reader(field.value, this.#draft, (place, message, hint) =>
        this.#report("warning", "FIELD", place, message, hint),
      );
      return;
    }
    const place = { start: field.start, end: field.start + field.name.length };
    const obsolete = obsoleteFields.get(field.name);
    if (obsolete !== undefined) {
      const message = `the field \`${field.name}\` is obsolete since opam 2.0`;
      this.#report("warning", "OBSOLETE_FIELD", place, message, obsolete);
      return;
    }
    const meant = didYouMean(field.name, knownFields.keys());
    const hint =
      meant === undefined
        ? "names of fields of your own begin with `x-`"
        : `did you mean \`${meant}\`?`;
    this.#report("warning", "UNKNOWN_FIELD", place, `there is no field \`${field.name}\``, hint);
  }

  #readSection(section: Section): void {
    const { name, label } = section;
    if (name === "url") {
      if (label !== undefined) throw new Mismatch(section, "the section `url` has no label");
      if (!this.#isRepeated(section, "url {}")) this.#draft.url = this.#readSource(section);
    } else if (name === "extra-source") {
      if (label === undefined) {
        throw new Mismatch(section, "the label is missing", 'write `extra-source "file" { … }`');
      }
      if (this.#isRepeated(section, `extra-source "${label}"`)) return;
      this.#extraSources.set(label, this.#readSource(section));
    } else {
      const place = { start: section.start, end: section.start + name.length };
      const hint = "the sections of a package are `url` and `extra-source`";
      this.#report("warning", "UNKNOWN_FIELD", place, `there is no section \`${name}\``, hint);
    }
  }

  #readSource(section: Section): Source {
    const source = {
      src: undefined,
      checksums: [],
      mirrors: [],
      subpath: undefined,
      swhid: undefined,
    };
    const draft: { -readonly [K in keyof Source]: Source[K] } = source;
    const seen = new Set<string>();
    for (const item of section.items) {
      if (item.kind === "section") {
        throw new Mismatch(item, `the section \`${section.name}\` contains no sections`);
      }
      if (seen.has(item.name)) throw new Mismatch(item, `the field \`${item.name}\` is repeated`);
      seen.add(item.name);
      switch (item.name) {
        case "src":
        case "archive":
        case "http":
        case "git":
        case "hg":
        case "darcs":
        case "local":
          draft.src = stringOfValue(item.value);
          break;
        case "checksum":
          draft.checksums = stringsOfValue(item.value);
          break;
        case "mirrors":
          draft.mirrors = stringsOfValue(item.value);
          break;
        case "subpath":
          draft.subpath = stringOfValue(item.value);
          break;
        case "swhid":
          draft.swhid = stringOfValue(item.value);
          break;
        default: {
          const place = { start: item.start, end: item.start + item.name.length };
          const message = `the section \`${section.name}\` has no field \`${item.name}\``;
          const hint = "its fields are `src`, `checksum`, `mirrors`, `subpath` and `swhid`";
          this.#report("warning", "UNKNOWN_FIELD", place, message, hint);
        }
      }
    }
    return draft;
  }

  #isRepeated(place: Located, key: string): boolean {
    if (!this.#seen.has(key)) {
      this.#seen.add(key);
      return false;
    }
    this.#report("error", "DUPLICATE_FIELD", place, `\`${key}\` is repeated`, "remove one of them");
    return true;
  }

  #report(
    severity: "error" | "warning",
    code: string,
    { start, end }: Located,
    message: string,
    hint: string | undefined,
  ): void {
    const { text, file } = this.#file;
    this.diagnostics.push({
      code: problemCode(code),
      message,
      severity,
      span: spanAt(text, file, start, end),
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

function into<K extends keyof Draft>(
  key: K,
  read: (value: Value, warn: Warn) => Draft[K],
): FieldReader {
  return (value, draft, warn) => {
    draft[key] = read(value, warn);
  };
}

const knownFields: ReadonlyMap<string, FieldReader> = new Map([
  ["opam-version", into("opamVersion", stringOfValue)],
  ["name", into("name", packageNameOfValue)],
  ["version", into("version", versionOfValue)],
  ["synopsis", into("synopsis", (value) => stringOfValue(value).trim())],
  ["description", into("description", (value) => stringOfValue(value).trim())],
  ["maintainer", into("maintainer", stringsOfValue)],
  ["authors", into("authors", stringsOfValue)],
  ["author", into("authors", stringsOfValue)],
  ["license", into("license", stringsOfValue)],
  ["tags", into("tags", stringsOfValue)],
  ["homepage", into("homepage", stringsOfValue)],
  ["doc", into("doc", stringsOfValue)],
  ["bug-reports", into("bugReports", stringsOfValue)],
  ["dev-repo", into("devRepo", stringOfValue)],
  ["depends", into("depends", (value) => formulaOfValue(value, "and"))],
  ["depopts", into("depopts", disjunctionOfValue)],
  ["conflicts", into("conflicts", disjunctionOfValue)],
  ["conflict-class", into("conflictClass", (value) => items(value).map(packageNameOfValue))],
  ["available", into("available", (value) => filterOfValues(items(value), value))],
  ["flags", into("flags", flagsOfValue)],
  ["setenv", into("setenv", envUpdatesOfValue)],
  ["build-env", into("buildEnv", envUpdatesOfValue)],
  ["build", into("build", commandsOfValue)],
  ["run-test", into("runTest", commandsOfValue)],
  ["install", into("install", commandsOfValue)],
  ["remove", into("remove", commandsOfValue)],
  ["substs", into("substs", stringsOfValue)],
  ["patches", into("patches", filteredStrings)],
  ["messages", into("messages", filteredStrings)],
  ["post-messages", into("postMessages", filteredStrings)],
  ["depexts", into("depexts", (value) => items(value, 2).map(depextOfValue))],
  ["features", into("features", (value) => items(value).map(featureOfValue))],
  ["pin-depends", into("pinDepends", (value) => items(value, 2).map(pinOfValue))],
  ["extra-files", into("extraFiles", (value) => items(value, 2).map(extraFileOfValue))],
]);

const aliases = new Map([["author", "authors"]]);

const obsoleteFields = new Map([
  ["os", "write `available: os = …`"],
  ["ocaml-version", 'depend on `"ocaml" {…}`'],
  ["descr", "write `synopsis` and `description`"],
  ["build-test", "write `run-test`"],
  ["build-doc", "write a `build` command under `{with-doc}`"],
  ["extra-sources", "write a section `extra-source`"],
  ["configure-style", "remove it"],
  ["libraries", "remove it"],
  ["syntax", "remove it"],
]);

const knownFlags = new Set([
  ...["light-uninstall", "verbose", "plugin", "compiler", "conf", "avoid-version", "deprecated"],
]);

function emptyDraft(): Draft {
  return {
    opamVersion: undefined,
    name: undefined,
    version: undefined,
    synopsis: undefined,
    description: undefined,
    maintainer: [],
    authors: [],
    license: [],
    tags: [],
    homepage: [],
    doc: [],
    bugReports: [],
    devRepo: undefined,
    depends: empty,
    depopts: empty,
    conflicts: empty,
    conflictClass: [],
    available: { kind: "bool", value: true },
    flags: [],
    setenv: [],
    buildEnv: [],
    build: [],
    runTest: [],
    install: [],
    remove: [],
    substs: [],
    patches: [],
    messages: [],
    postMessages: [],
    depexts: [],
    features: [],
    pinDepends: [],
    extraFiles: [],
    url: undefined,
    extraSources: new Map(),
    extensions: new Map(),
  };
}

function versionOfValue(value: Value): string {
  const version = stringOfValue(value).trim();
  if (!isValidVersion(version)) throw new Mismatch(value, `\`${version}\` is not a version`);
  return version;
}

function tagFilter(tags: readonly string[]): Filter {
  const items = tags.map((tag): Filter => ({ kind: "string", value: tag }));
  const [first = { kind: "bool", value: true } as const, second] = items;
  return second === undefined ? first : { kind: "and", items };
}

/** `depopts` and `conflicts`: whatever the operators, opam takes the packages as alternatives. */
function disjunctionOfValue(value: Value, warn: Warn): PackageFormula {
  const formula = formulaOfValue(value, "or");
  const items = formula.kind === "or" ? formula.items : [formula];
  if (items.every((item) => item.kind === "atom" || item.kind === "empty")) return formula;
  warn(value, "here `&` has no meaning, and is read as `|`", "list the packages one by one");
  return or(atoms(formula).map(atom));
}

function flagsOfValue(value: Value, warn: Warn): string[] {
  const flags: string[] = [];
  for (const item of items(value)) {
    if (item.kind !== "ident") throw new Mismatch(item, "expected a flag, without quotes");
    flags.push(item.name);
    if (knownFlags.has(item.name)) continue;
    const meant = didYouMean(item.name, knownFlags);
    const hint = meant === undefined ? undefined : `did you mean \`${meant}\`?`;
    warn(item, `there is no flag \`${item.name}\``, hint);
  }
  return flags;
}

function envUpdatesOfValue(value: Value): EnvUpdate[] {
  return items(value, 2).map((update) => {
    const [first, second] = items(update);
    const item = first ?? update;
    const isUpdate = item.kind === "env" || (item.kind === "relop" && item.op === "=");
    if (second !== undefined || !isUpdate || item.left.kind !== "ident") {
      throw new Mismatch(update, "expected an update of a variable", 'write `[NAME = "value"]`');
    }
    const op = item.kind === "env" ? item.op : "=";
    return { variable: item.left.name, op, value: stringOfValue(item.right) };
  });
}

function commandsOfValue(value: Value): Command[] {
  return items(value, 2).map((command) =>
    filtered(command, (args) => items(args).map((arg) => filtered(arg, argumentOfValue))),
  );
}

function argumentOfValue(value: Value): Argument {
  if (value.kind === "string") return { kind: "string", value: value.value };
  if (value.kind === "ident") return parseVariable(value.name);
  throw new Mismatch(value, "expected an argument: a string or a variable");
}

function depextOfValue(value: Value): Depext {
  // opam 1 wrote [["tag"…] ["package"…]]; such a condition is a string, which never holds.
  const [tags, names, third] = value.kind === "list" ? value.items : [];
  if (tags?.kind === "list" && names?.kind === "list" && third === undefined) {
    return { packages: stringsOfValue(names), filter: tagFilter(stringsOfValue(tags)) };
  }
  const packages = value.kind === "option" ? value.value : value;
  return { packages: stringsOfValue(packages), filter: optionFilter(value) };
}

function featureOfValue(value: Value): Feature {
  const hint = 'write `name {formula} {"description"}`';
  if (value.kind !== "option" || value.value.kind !== "option") {
    throw new Mismatch(value, "expected a feature", hint);
  }
  const [description, second] = value.options;
  const named = value.value.value;
  if (named.kind !== "ident" || description === undefined || second !== undefined) {
    throw new Mismatch(value, "expected a feature", hint);
  }
  return {
    name: named.name,
    formula: formulaOfValues(value.value.options, "and"),
    description: stringOfValue(description),
  };
}

function pairOfValue(value: Value, hint: string): [Value, Value] {
  const [first, second, third] = items(value);
  if (first === undefined || second === undefined || third !== undefined) {
    throw new Mismatch(value, "expected a list of two strings", hint);
  }
  return [first, second];
}

function pinOfValue(value: Value): PackageDefinition["pinDepends"][number] {
  const [pkg, url] = pairOfValue(value, 'write `["name.version" "url"]`');
  const id = parsePackageId(stringOfValue(pkg));
  if (id === undefined)
    throw new Mismatch(pkg, "expected a package with its version", 'write `"name.version"`');
  return { ...id, url: stringOfValue(url) };
}

function extraFileOfValue(value: Value): PackageDefinition["extraFiles"][number] {
  const [name, checksum] = pairOfValue(value, 'write `["file" "sha256=…"]`');
  return { name: stringOfValue(name), checksum: stringOfValue(checksum) };
}
