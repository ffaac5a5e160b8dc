import { readFileSync } from "node:fs";
import { fromSystemError } from "@mirage/diagnostics";
import { type OpamFile, parseOpam, type Value } from "@mirage/opam-file";
import { splitPackage } from "../repository/package-path.js";

/**
 * Reads a file that opam wrote; one that is absent is empty.
 * @throws MirageError as `parseOpam`
 */
export function readOpamFile(path: string | undefined): OpamFile {
  return parseOpam(textOf(path), path);
}

/** The text of a file, empty if there is none. */
export function textOf(path: string | undefined): string {
  if (path === undefined) return "";
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw fromSystemError(error, path);
  }
}

/** The value of a field, undefined if there is none. */
export function fieldValue({ items }: OpamFile, name: string): Value | undefined {
  const field = items.find((item) => item.kind === "field" && item.name === name);
  return field?.kind === "field" ? field.value : undefined;
}

/** The strings in a field's value. */
export function fieldStrings(file: OpamFile, name: string): string[] {
  const value = fieldValue(file, name);
  return value === undefined ? [] : stringsIn(value);
}

function stringsIn(value: Value): string[] {
  if (value.kind === "string") return [value.value];
  return value.kind === "list" ? value.items.flatMap(stringsIn) : [];
}

/** The packages `name.version` in a field's value. */
export function fieldPackages(file: OpamFile, name: string): { name: string; version: string }[] {
  return fieldStrings(file, name)
    .map(splitPackage)
    .filter((pkg) => pkg !== undefined);
}

/** The fields of a section that are single words or strings. */
export function sectionFields({ items }: OpamFile, name: string): Record<string, string> {
  const section = items.find((item) => item.kind === "section" && item.name === name);
  const fields: Record<string, string> = {};
  for (const item of section?.kind === "section" ? section.items : []) {
    const text = item.kind === "field" ? wordOf(item.value) : undefined;
    if (text !== undefined) fields[item.name] = text;
  }
  return fields;
}

/** A single value as text; undefined for others. */
export function wordOf(value: Value | undefined): string | undefined {
  switch (value?.kind) {
    case "string":
    case "bool":
    case "int":
      return String(value.value);
    case "ident":
      return value.name;
    default:
      return undefined;
  }
}
