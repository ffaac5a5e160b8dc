import { stat } from "node:fs/promises";
import { isAbsolute, resolve } from "node:path";
import { fromSystemError, MirageError } from "@mirage/diagnostics";
import type { XlConfig } from "../config/config.js";
import { type Disk, parseDisk, printDisk } from "../config/disk.js";
import { getStrings, setValue } from "../config/lookup.js";
import type { XenHost } from "./host.js";

/**
 * The config with absolute paths of disk images, as xl and its scripts work in folders of their own.
 * Disks that a script or another domain looks after stay as they are.
 * @throws MirageError `ERR_MIRAGE_XL_NO_DISK` if there is no such image here, or if a path of this
 * machine is given for another host; `ERR_MIRAGE_XL_DISK`
 */
export async function resolveDisks(
  config: XlConfig,
  host: XenHost,
  directory: string,
): Promise<XlConfig> {
  const texts = getStrings(config, "disk");
  const resolved = await Promise.all(
    texts.map(async (text) => {
      const disk = parseDisk(text);
      const target = await pathOnHost(disk, host, directory);
      return target === disk.target ? text : printDisk({ ...disk, ...(target ? { target } : {}) });
    }),
  );
  return resolved.every((text, index) => text === texts[index])
    ? config
    : setValue(config, "disk", resolved);
}

async function pathOnHost(
  { target, script, backend, format }: Disk,
  host: XenHost,
  directory: string,
): Promise<string | undefined> {
  if (target === undefined || script !== undefined || backend !== undefined) return target;
  if (host.isRemote) {
    if (isAbsolute(target)) return target;
    throw new MirageError(
      "ERR_MIRAGE_XL_NO_DISK",
      `the disk image ${target} is a file of this machine, and not of ${host.name}`,
      { hint: "copy it there, and give its absolute path there" },
    );
  }
  const path = resolve(directory, target);
  if (await isThere(path)) return path;
  throw new MirageError("ERR_MIRAGE_XL_NO_DISK", `the disk image ${path} does not exist`, {
    hint: makingOf(path, format),
  });
}

function makingOf(path: string, format: Disk["format"] = "raw"): string {
  return format === "raw"
    ? `correct its path, or make an empty one: truncate -s 64M ${path}`
    : "correct its path, or make it with qemu-img";
}

async function isThere(path: string): Promise<boolean> {
  try {
    const found = await stat(path);
    return found.isFile() || found.isBlockDevice();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw fromSystemError(error);
  }
}
