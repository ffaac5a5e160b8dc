import { crc32 } from "node:zlib";
import type { Origins } from "../store/reduce.js";
import { readArchive } from "./archive.js";
import { type FolderFile, listFolder, readStamped } from "./folder.js";
import type { Source } from "./source.js";

/** Takes what is read from a source. */
export interface SourceSink {
  /** By name, what the folder of its versions is known by; see `Repository`. */
  names(stamps: Iterable<readonly [name: string, stamp: number]>): void;
  /**
   * An opam file and what it is known by. The content is valid only during the call; with `origins` it
   * is a reduced one.
   */
  file(
    name: string,
    version: string,
    content: Buffer,
    time: number,
    size: number,
    origins?: Origins,
  ): void;
}

/** A source with files. */
export type FileSource = Exclude<Source, { kind: "packages" }>;

/** Reads all opam files of a source. */
export async function readSource(source: FileSource, sink: SourceSink): Promise<void> {
  if (source.kind === "folder") {
    for (const file of listedFiles(source.path, sink)) readFile(file, sink);
    return;
  }
  await readArchive(source.path, (name, version, content) => {
    sink.file(name, version, content, crc32(content), content.length);
  });
}

/** The opam files of a folder; at the end the names are known. */
export function* listedFiles(
  path: string,
  sink: Pick<SourceSink, "names">,
): Generator<FolderFile, void> {
  const { nameStamps, regular } = yield* listFolder(path);
  sink.names(regular ? nameStamps : [...nameStamps.keys()].map((name) => [name, IRREGULAR]));
}

/** Stamp of names whose versions may be anywhere: it equals no time. */
const IRREGULAR = -1;

export function readFile({ name, version, path }: FolderFile, sink: SourceSink): void {
  const file = readStamped(path);
  if (file !== undefined) sink.file(name, version, file.content, ...file.stamp);
}
