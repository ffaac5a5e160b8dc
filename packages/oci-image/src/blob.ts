import { createHash } from "node:crypto";

/** Something that an image consists of, by its content's name. */
export interface Blob {
  readonly mediaType: string;
  /** `sha256:…`, in hexadecimal digits. */
  readonly digest: string;
  /** Octets. */
  readonly size: number;
  /** Its octets from the beginning, the same each time. */
  chunks(): AsyncIterable<Uint8Array>;
}

/** How other blobs refer to it (OCI image specification 1.1, "Content Descriptors"). */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

export function descriptorOf({ mediaType, digest, size }: Blob): Descriptor {
  return { mediaType, digest, size };
}

/** A blob whose octets come from a function that gives the same each time. */
export async function blobOf(
  mediaType: string,
  chunks: () => AsyncIterable<Uint8Array>,
): Promise<Blob> {
  const hash = createHash("sha256");
  let size = 0;
  for await (const chunk of chunks()) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { mediaType, digest: `sha256:${hash.digest("hex")}`, size, chunks };
}

/** A value as JSON. */
export function jsonBlob(mediaType: string, value: unknown): Promise<Blob> {
  const bytes = Buffer.from(JSON.stringify(value));
  return blobOf(mediaType, async function* () {
    yield bytes;
  });
}

/** All its octets at once. */
export async function bytesOf(blob: Blob): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of blob.chunks()) chunks.push(chunk);
  return Buffer.concat(chunks);
}
