import { fileURLToPath } from "node:url";

/** The path of a document; one that no file has yet counts as one of the folder that the editor is in. */
export function pathOf(uri: string): string {
  return uri.startsWith("file:") ? fileURLToPath(uri) : "untitled.conf";
}
