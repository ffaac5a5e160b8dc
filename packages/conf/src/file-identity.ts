import type { Stats } from "node:fs";

/** What tells a file or a block device from any other, whatever its path. */
export function fileIdentity(info: Stats): string {
  return info.isBlockDevice() ? `device ${info.rdev}` : `file ${info.dev}:${info.ino}`;
}
