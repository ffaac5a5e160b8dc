import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { builtinDevices } from "@mirage/conf";
import {
  type Location,
  type Position,
  type Range,
  ResponseError,
  type TextEdit,
  type WorkspaceEdit,
} from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { type DeviceName, declaredDevices, deviceNames } from "./device-names.js";
import { pathOf } from "./path-of.js";
import { contains, rangeOf } from "./range.js";
import { filesIn, readSource } from "./sources.js";

/** RequestFailed of LSP 3.17. */
const requestFailed = -32803;

/** The range of the device's name at a place, if the file declares that device. */
export function prepareRename(document: TextDocument, position: Position): Range | undefined {
  const place = declaredAt(document, position);
  return place && rangeOf(document, place);
}

/** Every place that names the device at a place. */
export function references(document: TextDocument, position: Position): Location[] {
  const at = document.offsetAt(position);
  const names = deviceNames(document.getText());
  const device = names.find((place) => contains(place, at));
  return names
    .filter(({ name }) => name === device?.name)
    .map((place) => ({ uri: document.uri, range: rangeOf(document, place) }));
}

/**
 * Gives the device at a place another name, in the .conf file and, for a folder that is compiled in, in
 * the sources that use its module `Filesystem_NAME`.
 * @throws ResponseError where no device can have that name
 */
export function rename(
  document: TextDocument,
  position: Position,
  newName: string,
): WorkspaceEdit | undefined {
  const device = declaredAt(document, position);
  if (!device) return undefined;
  refuseUnlessFree(document, device, newName);
  const edits = references(document, position).map(({ range }) => ({ range, newText: newName }));
  const isFolder = declaredDevices(document.getText()).some(
    ({ name, declares }) => name === device.name && declares === "fs",
  );
  return {
    changes: {
      [document.uri]: edits,
      ...(isFolder ? inSources(document.uri, device.name, newName) : {}),
    },
  };
}

function declaredAt(document: TextDocument, position: Position): DeviceName | undefined {
  const text = document.getText();
  const offset = document.offsetAt(position);
  const place = deviceNames(text).find((candidate) => contains(candidate, offset));
  const isDeclared = declaredDevices(text).some(({ name }) => name === place?.name);
  return isDeclared ? place : undefined;
}

function refuseUnlessFree(document: TextDocument, { name }: DeviceName, newName: string): void {
  if (!/^[A-Za-z0-9_]{1,64}$/.test(newName)) {
    throw new ResponseError(requestFailed, "a name has up to 64 letters, digits and underscores");
  }
  const taken = [
    ...builtinDevices,
    ...declaredDevices(document.getText()).map((device) => device.name),
  ];
  if (newName !== name && taken.includes(newName)) {
    throw new ResponseError(requestFailed, `there is a device \`${newName}\` already`);
  }
}

function inSources(uri: string, oldName: string, newName: string): Record<string, TextEdit[]> {
  const directory = dirname(pathOf(uri));
  const module = new RegExp(`\\bFilesystem_${oldName}\\b(?!')`, "g");
  const changes: Record<string, TextEdit[]> = {};
  for (const file of filesIn(directory).filter((name) => !/^filesystem_/i.test(name))) {
    if (file === "main.ml") continue; // written anew by `mirage configure`
    const source = TextDocument.create("", "ocaml", 0, readSource(directory, file));
    const edits = [...source.getText().matchAll(module)].map(({ 0: { length }, index }) => ({
      range: rangeOf(source, { start: index, end: index + length }),
      newText: `Filesystem_${newName}`,
    }));
    if (edits.length > 0) changes[pathToFileURL(join(directory, file)).href] = edits;
  }
  return changes;
}
