import { crc32 } from "node:zlib";
import { readArchive } from "./archive.js";
import type { FileSink } from "./batch.js";
import { type FolderFile, type FolderListing, listFolder, readStamped } from "./folder.js";
import type { Source } from "./source.js";

/** Takes what is read from a source. */
export interface SourceSink {
  /** What is known of a folder once its files have been read. */
  listed(listing: FolderListing): void;
  readonly file: FileSink;
}

/** A source with files. */
export type FileSource = Exclude<Source, { kind: "packages" }>;

/** Reads all opam files of a source. */
export async function readSource(source: FileSource, sink: SourceSink): Promise<void> {
  if (source.kind === "archive") await readArchiveFiles(source.path, sink.file);
  else await readFolderFiles(source.path, sink);
}

/** Reads the opam files of an archive, which are known by their checksums. */
export function readArchiveFiles(path: string, file: FileSink): Promise<void> {
  return readArchive(path, (name, version, content) => {
    file(name, version, content, crc32(content), content.length);
  });
}

/** Files read between two turns of the event loop. */
const turn = 256;

/** Reads the opam files of a folder, or below those of its entries that are given. */
export async function readFolderFiles(
  path: string,
  sink: SourceSink,
  entries?: Iterable<string>,
): Promise<void> {
  let count = 0;
  for (const file of listedFiles(path, sink, entries)) {
    readFile(file, sink.file);
    if (++count % turn === 0) await new Promise(setImmediate);
  }
}

/** Lists the opam files of a folder; once that is done, the sink is told what is known of it. */
export function* listedFiles(
  path: string,
  sink: Pick<SourceSink, "listed">,
  entries?: Iterable<string>,
): Generator<FolderFile, void> {
  sink.listed(yield* listFolder(path, entries));
}

export function readFile({ name, version, path }: FolderFile, sink: FileSink): void {
  const file = readStamped(path);
  if (file !== undefined) sink(name, version, file.content, ...file.stamp);
}
