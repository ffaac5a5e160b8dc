import { readdirSync, rmdirSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { kindAt } from "./entry.js";
import { withFolder } from "./open-folder.js";
import { reach, shownPath } from "./reach.js";

/**
 * Removes a file, or a folder with all that is in it; nothing happens when it is absent. A link is
 * removed as a link, at any depth: what it leads to stays.
 * @throws MirageError what `reach` throws
 */
export function removeInside(folder: string, path: string): void {
  reach(folder, path, (entry) => removeEntry(entry, shownPath(folder, path)));
}

function removeEntry(entry: string, shown: string): void {
  const kind = kindAt(entry);
  if (kind === undefined) return;
  if (kind !== "folder") {
    unlinkSync(entry);
    return;
  }
  withFolder(entry, shown, (inside) => {
    for (const name of readdirSync(inside)) removeEntry(`${inside}/${name}`, join(shown, name));
  });
  rmdirSync(entry);
}
