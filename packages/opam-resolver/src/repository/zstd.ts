import { ZSTDDecoder } from "zstddec/stream";

const pieceSize = 1 << 18;

/** Decompresses zstd data piece by piece. @throws if they are damaged or cut short */
export async function* unzstd(data: Uint8Array): AsyncGenerator<Uint8Array> {
  const decoder = new ZSTDDecoder();
  await decoder.init();
  let isNew = false;
  const input = function* (): Generator<Uint8Array> {
    for (let at = 0; at < data.length; at += pieceSize) {
      isNew = true;
      yield data.subarray(at, at + pieceSize);
    }
  };
  for (const piece of decoder.decodeStreaming(input())) {
    // The decoder does not look at errors. It makes no progress then: with input at hand, no output.
    if (piece.length === 0 && !isNew) throw new Error("its zstd data are damaged");
    if (piece.length === 0) isNew = false;
    yield piece;
  }
}
