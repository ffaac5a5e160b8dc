import { createReadStream } from "node:fs";
import * as zlib from "node:zlib";
import { fromSystemError, MirageError } from "@mirage/diagnostics";
import { Decompress } from "fzstd";
import { packageOfPath } from "./package-path.js";
import { TarReader } from "./tar.js";

/** Called for each opam file of an archive. The content is valid only during the call. */
export type ArchiveFile = (name: string, version: string, content: Buffer) => void;

const GZIP = 0x1f8b;
const ZSTD = 0x28b52ffd;
const PIECE = 1 << 18;

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
    throw new MirageError("ERR_MIRAGE_OPAM_ARCHIVE", `the archive ${path} can't be read`, {
      cause: error,
      hint: "it may be cut short: fetch it again",
    });
  }
}

async function* decompressed(path: string): AsyncGenerator<Uint8Array> {
  const stream = createReadStream(path, { highWaterMark: PIECE });
  const pieces = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first = await pieces.next();
  if (first.done) return;
  const beginning = first.value;
  const rest = async function* (): AsyncGenerator<Buffer> {
    yield beginning;
    for (let piece = await pieces.next(); !piece.done; piece = await pieces.next()) {
      yield piece.value;
    }
  };
  if (beginning.length >= 2 && beginning.readUInt16BE(0) === GZIP) {
    yield* through(zlib.createGunzip({ chunkSize: PIECE }), rest());
  } else if (beginning.length >= 4 && beginning.readUInt32BE(0) === ZSTD) {
    yield* unzstd(rest());
  } else {
    yield* rest();
  }
}

async function* through(
  transform: zlib.Gunzip,
  pieces: AsyncGenerator<Buffer>,
): AsyncGenerator<Uint8Array> {
  const { pipeline, Readable } = await import("node:stream");
  const source = Readable.from(pieces);
  pipeline(source, transform, () => {
    // Errors come out of the iteration below.
  });
  for await (const piece of transform) yield piece as Buffer;
}

async function* unzstd(pieces: AsyncGenerator<Buffer>): AsyncGenerator<Uint8Array> {
  // Node has it built in from 22.15 on.
  const { createZstdDecompress } = zlib as { createZstdDecompress?: () => zlib.Gunzip };
  if (createZstdDecompress !== undefined) {
    yield* through(createZstdDecompress(), pieces);
    return;
  }
  let output: Uint8Array[] = [];
  const decompress = new Decompress((piece) => output.push(piece));
  for await (const piece of pieces) {
    decompress.push(piece);
    yield* output;
    output = [];
  }
  decompress.push(new Uint8Array(0), true);
  yield* output;
}
