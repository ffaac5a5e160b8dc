import { copyFile, open, rm, stat, truncate } from "node:fs/promises";

/** Octets of a log from which on it becomes the older one, and a new one begins. */
export const logLimit = 8 * 1024 * 1024;

/** The older part of a log: what was in it when it reached its limit. */
export function olderLog(path: string): string {
  return `${path}.1`;
}

/**
 * Makes a log that has reached its limit the older part, in place of an earlier one. Its writers go on:
 * they append to the same file, which is copied and emptied. On a full disk the older part is lost.
 */
export async function boundLog(path: string, limit = logLimit): Promise<void> {
  if ((await stat(path)).size < limit) return;
  const older = olderLog(path);
  try {
    await copyFile(path, older);
    await appendRest(path, older);
  } catch {
    await rm(older, { force: true });
  }
  await truncate(path);
}

/** What was written while the file was copied. */
async function appendRest(path: string, copy: string): Promise<void> {
  const [from, to] = await Promise.all([open(path, "r"), open(copy, "a")]);
  try {
    const { size } = await to.stat();
    const rest = Buffer.alloc(Math.max(0, (await from.stat()).size - size));
    const { bytesRead } = await from.read(rest, 0, rest.length, size);
    await to.write(rest, 0, bytesRead);
  } finally {
    await Promise.all([from.close(), to.close()]);
  }
}
