import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Location, Position } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { declaredDevices, deviceNames } from "./device-names.js";
import { entriesOf } from "./entries.js";
import { pathOf } from "./path-of.js";
import { contains, rangeOf } from "./range.js";
import { definitionsIn, modulesIn, readSource } from "./sources.js";

/** Where the device, the module, the functor or the value is defined that stands at a place. */
export function definition(document: TextDocument, position: Position): Location | undefined {
  const text = document.getText();
  const offset = document.offsetAt(position);
  const device = deviceNames(text).find((place) => contains(place, offset));
  if (device) {
    const declaration = declaredDevices(text).find(({ name }) => name === device.name);
    return declaration && { uri: document.uri, range: rangeOf(document, declaration) };
  }
  const main = entriesOf(text).find(
    ({ value, meaning }) =>
      meaning?.kind === "plain" && meaning.key.startsWith("main-") && contains(value, offset),
  );
  if (!main) return undefined;
  const [path = ""] = /^[\w'.]+/.exec(main.value.text) ?? [];
  const at = offset - main.value.start;
  if (at > path.length) return undefined;
  const dot = path.indexOf(".", at);
  return inSources(document.uri, (dot === -1 ? path : path.slice(0, dot)).split("."));
}

/** The source of a module; the line in it of a module or value of that module. */
function inSources(uri: string, [module = "", ...inner]: string[]): Location | undefined {
  const directory = dirname(pathOf(uri));
  const file = modulesIn(directory).get(module);
  if (file === undefined) return undefined;
  const found = definitionsIn(readSource(directory, file)).find(
    ({ name }) => name === inner.at(-1),
  );
  const { line, character } = found ?? { line: 0, character: 0 };
  const length = found?.name.length ?? 0;
  return {
    uri: pathToFileURL(join(directory, file)).href,
    range: { start: { line, character }, end: { line, character: character + length } },
  };
}
