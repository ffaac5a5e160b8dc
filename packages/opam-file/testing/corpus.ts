import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { decompress } from "fzstd";

const beside = fileURLToPath(new URL("../../../../shared/data/opam", import.meta.url));
const archive = `${process.env.MIRAGE_OPAM_DATA ?? beside}/repository.tar.zst`;

/** Whether the opam files of the public repository are at hand. */
export const hasCorpus = existsSync(archive);

if (!hasCorpus) {
  console.warn("tests on the opam repository are skipped: set MIRAGE_OPAM_DATA to its folder");
}

/** The opam files of the repository, by path. */
export function readCorpus(): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  let longName: string | undefined;
  for (const { name, type, content } of tarEntries(decompress(readFileSync(archive)))) {
    if (type === "L") {
      longName = textOf(content);
      continue;
    }
    const path = longName ?? name;
    longName = undefined;
    if (path.endsWith("/opam")) files.set(path, content);
  }
  return files;
}

function* tarEntries(tar: Uint8Array) {
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const header = tar.subarray(at, at + 512);
    const size = Number.parseInt(textOf(header.subarray(124, 136)), 8);
    const prefix = textOf(header.subarray(345, 500));
    const name = textOf(header.subarray(0, 100));
    yield {
      name: prefix === "" ? name : `${prefix}/${name}`,
      type: String.fromCharCode(header[156] ?? 0),
      content: tar.subarray(at + 512, at + 512 + size),
    };
    at += 512 + Math.ceil(size / 512) * 512;
  }
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).replace(/\0.*$/s, "");
}
