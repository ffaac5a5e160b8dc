import { stat } from "node:fs/promises";
import type { ConfiguredApplication } from "@mirage/application";
import { resolvePath } from "@mirage/conf";
import { MirageError } from "@mirage/diagnostics";
import { instanceOfProcess, listInstances, lockFile, lockHolder } from "@mirage/instances";
import type { DomainConfig, XenHost } from "@mirage/xl/host";
import { domain0, domainsOf, domainWithDisk } from "./domain-disks.js";

/** Octets that are read and written at once: those of `V1.BLOCK` on every target. */
const sectorSize = 512;

interface DiskImage {
  /** As the .conf file names it. */
  readonly name: string;
  readonly path: string;
}

/**
 * Refuses to start a program on a disk that it could not use, or that another one writes to: a process, a
 * virtual machine, or a domain of `xen`, this machine by default.
 * @throws MirageError `ERR_MIRAGE_RUN_DISK_SIZE`, `ERR_MIRAGE_RUN_DISK_BUSY`
 */
export async function checkDisks(
  application: ConfiguredApplication,
  xen: XenHost | undefined = domain0(),
): Promise<void> {
  const images = await imagesOf(application);
  const domains = xen && images.length > 0 ? await domainsOf(xen) : [];
  for (const disk of images) {
    await checkSize(disk);
    const holder = await lockHolder(disk.path);
    if (holder) throw await busy(disk, holder.pid);
    const domain = await domainWithDisk(disk.path, domains);
    if (domain) throw busyDomain(disk, domain);
  }
}

/**
 * Keeps the disks from other programs until the function that it returns is called: for what does not
 * lock them itself.
 * @throws MirageError as `checkDisks`
 */
export async function holdDisks(application: ConfiguredApplication): Promise<() => void> {
  await checkDisks(application);
  const locks: { release(): void }[] = [];
  const release = () => {
    for (const lock of locks) lock.release();
  };
  for (const disk of await imagesOf(application)) {
    const lock = await lockFile(disk.path);
    if (lock) {
      locks.push(lock);
    } else {
      release();
      throw await busy(disk, (await lockHolder(disk.path))?.pid);
    }
  }
  return release;
}

/** The images that are there; the program itself says what is not. */
async function imagesOf({ configuration }: ConfiguredApplication): Promise<DiskImage[]> {
  const images = configuration.blocks.map(({ path }) => ({
    name: path.value,
    path: resolvePath(configuration, path.value),
  }));
  const found = await Promise.all(images.map(({ path }) => stat(path).catch(() => undefined)));
  return images.filter((_, index) => found[index] !== undefined);
}

async function checkSize({ name, path }: DiskImage): Promise<void> {
  const info = await stat(path);
  if (!info.isFile() || (info.size > 0 && info.size % sectorSize === 0)) return;
  const sectors = Math.ceil(info.size / sectorSize);
  throw new MirageError(
    "ERR_MIRAGE_RUN_DISK_SIZE",
    info.size === 0
      ? `the disk image ${name} is empty`
      : `the disk image ${name} has ${info.size} bytes, which is not a whole number of ${sectorSize}-byte sectors`,
    {
      hint: `give it a size, such as with \`truncate --size ${sectors === 0 ? "16M" : sectors * sectorSize} ${name}\``,
    },
  );
}

function busyDomain({ name }: DiskImage, domain: DomainConfig): MirageError {
  return new MirageError(
    "ERR_MIRAGE_RUN_DISK_BUSY",
    `the domain ${domain.name} has the disk image ${name}`,
    {
      hint: `two writers would destroy what is on it: end that one with \`xl shutdown ${domain.name}\`, or give this one an image of its own`,
    },
  );
}

async function busy({ name, path }: DiskImage, pid: number | undefined): Promise<MirageError> {
  const instance =
    pid === undefined ? undefined : await instanceOfProcess(pid, await listInstances());
  if (instance) {
    return new MirageError(
      "ERR_MIRAGE_RUN_DISK_BUSY",
      `the instance ${instance.name} writes to the disk image ${name}`,
      {
        hint: `two writers would destroy what is on it: end that one with \`mirage stop ${instance.name}\`, or give this one an image of its own`,
      },
    );
  }
  const who = pid === undefined ? "another program" : `the process ${pid}`;
  return new MirageError("ERR_MIRAGE_RUN_DISK_BUSY", `${who} has the disk image ${name} open`, {
    hint: `two writers would destroy what is on it: end it (\`fuser -v ${path}\` names it), or use another image`,
  });
}
