import { readFileSync } from "node:fs";
import * as zlib from "node:zlib";
import { MirageError } from "@mirage/diagnostics";
import { Decompress } from "fzstd";
import { packageOfPath } from "./package-path.js";
import { TarReader } from "./tar.js";

/** Called for each opam file of an archive. The content is valid only during the call. */
export type ArchiveFile = (name: string, version: string, content: Buffer) => void;

/** Reads the opam files of a tar archive, compressed or not. */
export function readArchive(path: string, file: ArchiveFile): void {
  const tar = new TarReader(
    (name) => name.endsWith("/opam"),
    (name, content) => {
      const pkg = packageOfPath(name);
      if (pkg !== undefined) file(pkg.name, pkg.version, content);
    },
  );
  decompress(path, readFileSync(path), (piece) => tar.push(piece));
  tar.end();
}

function decompress(path: string, data: Buffer, piece: (piece: Uint8Array) => void): void {
  try {
    if (data.readUInt16BE(0) === 0x1f8b) piece(zlib.gunzipSync(data));
    else if (data.readUInt32LE(0) === 0xfd2fb528) unzstd(data, piece);
    else piece(data);
  } catch (error) {
    if (error instanceof MirageError) throw error;
    throw new MirageError("ERR_MIRAGE_OPAM_ARCHIVE", `The archive ${path} can't be decompressed.`, {
      cause: error,
      hint: "it may be cut short: fetch it again",
    });
  }
}

function unzstd(data: Buffer, piece: (piece: Uint8Array) => void): void {
  // Node has it built in from 22.15 on.
  const { zstdDecompressSync } = zlib as { zstdDecompressSync?: (data: Buffer) => Buffer };
  if (zstdDecompressSync !== undefined) piece(zstdDecompressSync(data));
  else new Decompress(piece).push(data, true);
}
