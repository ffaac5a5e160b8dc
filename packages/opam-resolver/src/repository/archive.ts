import { closeSync, createReadStream, openSync, readFileSync, readSync } from "node:fs";
import * as zlib from "node:zlib";
import { fromSystemError, MirageError } from "@mirage/diagnostics";
import { packageOfPath } from "./package-path.js";
import { TarReader } from "./tar.js";

/** Called for each opam file of an archive. The content is valid only during the call. */
export type ArchiveFile = (name: string, version: string, content: Buffer) => void;

const gzipMagic = 0x1f8b;
const zstdMagic = 0x28b52ffd;
const pieceSize = 1 << 18;

type Gunzip = zlib.Gunzip;
/** Node.js has zstd built in from 22.15 on. */
const { createGunzip, createZstdDecompress } = zlib as typeof zlib & {
  readonly createZstdDecompress?: () => Gunzip;
};

/**
 * Reads the opam files of a tar archive, plain or compressed by gzip or zstd.
 * @throws MirageError `ERR_MIRAGE_OPAM_ARCHIVE` if it is no such archive, or not whole.
 */
export async function readArchive(path: string, file: ArchiveFile): Promise<void> {
  const tar = new TarReader(
    (name) => name.endsWith("/opam"),
    (name, content) => {
      const pkg = packageOfPath(name);
      if (pkg !== undefined) file(pkg.name, pkg.version, content);
    },
  );
  try {
    for await (const piece of decompressed(path)) tar.push(piece);
    tar.end();
  } catch (error) {
    const known = fromSystemError(error);
    if (known instanceof MirageError) throw known;
    const reason = error instanceof Error ? error.message : String(error);
    throw new MirageError("ERR_MIRAGE_OPAM_ARCHIVE", `${path} can't be read: ${reason}`, {
      cause: error,
      hint: "a repository is a folder or a tar archive, perhaps compressed by gzip or zstd; fetch a damaged one again",
    });
  }
}

async function* decompressed(path: string): AsyncGenerator<Uint8Array> {
  const magic = beginning(path);
  if (magic >>> 16 === gzipMagic) {
    yield* through(createGunzip({ chunkSize: pieceSize }), path);
  } else if (magic !== zstdMagic) {
    yield* createReadStream(path, { highWaterMark: pieceSize });
  } else if (createZstdDecompress !== undefined) {
    yield* through(createZstdDecompress(), path);
  } else {
    const { unzstd } = await import("./zstd.js");
    yield* unzstd(readFileSync(path));
  }
}

/** The first four bytes of a file, 0 if there are fewer. */
function beginning(path: string): number {
  const fd = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(4);
    readSync(fd, bytes, 0, 4, 0);
    return bytes.readUInt32BE(0);
  } finally {
    closeSync(fd);
  }
}

async function* through(transform: Gunzip, path: string): AsyncGenerator<Uint8Array> {
  const { pipeline } = await import("node:stream");
  pipeline(createReadStream(path, { highWaterMark: pieceSize }), transform, () => {
    // Errors come out of the iteration below.
  });
  for await (const piece of transform) yield piece as Buffer;
}
