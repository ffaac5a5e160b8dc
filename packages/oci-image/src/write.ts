import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, open, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { MirageError } from "@mirage/diagnostics";
import { archive, blobPath, layoutFiles } from "./archive.js";
import type { Image } from "./image.js";

export interface WriteOptions {
  /** What the image is called where it is loaded: `www:latest`. */
  readonly reference: string;
  /** Put it in the place of what is there. */
  readonly replace?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Writes an archive that `docker load`, `podman load` and `skopeo` take; nothing is there until it is whole.
 * @throws MirageError `ERR_MIRAGE_OCI_EXISTS`
 */
export async function writeArchive(
  image: Image,
  file: string,
  options: WriteOptions,
): Promise<void> {
  refuseExisting(file, options);
  const temporary = `${file}.${randomBytes(6).toString("hex")}`;
  try {
    await writeChunks(temporary, archive(image, options.reference), options.signal);
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
}

/**
 * Writes an image layout, which is a folder.
 * @throws MirageError `ERR_MIRAGE_OCI_EXISTS`
 */
export async function writeLayout(
  image: Image,
  folder: string,
  options: WriteOptions,
): Promise<void> {
  refuseExisting(folder, options);
  const temporary = await mkdtemp(join(dirname(folder), ".mirage-oci-"));
  try {
    const [files, layer] = await layoutFiles(image, options.reference);
    await mkdir(join(temporary, "blobs/sha256"), { recursive: true });
    for (const [path, content] of files) await writeFile(join(temporary, path), content);
    await writeChunks(join(temporary, blobPath(layer)), layer.chunks(), options.signal);
    await chmod(temporary, 0o755);
    await rm(folder, { recursive: true, force: true });
    await rename(temporary, folder);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function writeChunks(
  file: string,
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const handle = await open(file, "wx");
  try {
    for await (const chunk of chunks) {
      signal?.throwIfAborted();
      await handle.writeFile(chunk);
    }
  } finally {
    await handle.close();
  }
}

function refuseExisting(path: string, { replace }: WriteOptions): void {
  if (replace || !existsSync(path)) return;
  throw new MirageError("ERR_MIRAGE_OCI_EXISTS", `${path} exists already`, {
    hint: "--force replaces it, --output names another one",
  });
}
