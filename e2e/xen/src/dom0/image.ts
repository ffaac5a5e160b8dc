import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { cacheFolder } from "../cache.js";
import { CpioArchive } from "./cpio.js";
import { type DebianPackage, dependenciesOf, download, locate, unpack } from "./debian.js";
import { uncompressedKernel } from "./kernel.js";
import { libraryClosure } from "./libraries.js";
import {
  folders,
  kernelPackage,
  libraries,
  links,
  modules,
  packageNames,
  programs,
} from "./recipe.js";

/** What QEMU boots: a folder with `xen`, `vmlinux` and `dom0.cpio.gz`. */
export type Dom0Image = string;

/**
 * The image of the packages' present versions, from the cache or made now; nothing is installed.
 * Needs apt's package lists, and its servers when the image isn't in the cache.
 */
export async function dom0Image(say: (text: string) => void): Promise<Dom0Image> {
  const kernel = dependenciesOf(kernelPackage).find((name) => name.startsWith("linux-image-"));
  if (kernel === undefined) throw new Error(`${kernelPackage} depends on no kernel`);
  const packages = locate([...packageNames, kernel]);
  const cache = cacheFolder();
  const image = join(cache, imageKey(packages));
  if (existsSync(image)) return image;

  say("Making dom0's image from Debian packages (about 100 MB to download)");
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, "work-"));
  try {
    const made = join(work, "image");
    await makeImage(packages, kernel, work, made);
    // Another process may have been as quick.
    if (!existsSync(image)) await rename(made, image);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return image;
}

/** Changes with every package's version and with what this folder does with them. */
function imageKey(packages: readonly DebianPackage[]): string {
  const hash = createHash("sha256");
  for (const { file, checksum } of packages) hash.update(`${file} ${checksum}\n`);
  for (const name of readdirSync(import.meta.dirname).sort()) {
    if (!name.endsWith(".test.ts")) hash.update(readFileSync(join(import.meta.dirname, name)));
  }
  return hash.digest("hex").slice(0, 16);
}

async function makeImage(
  packages: readonly DebianPackage[],
  kernel: string,
  work: string,
  image: string,
): Promise<void> {
  const [debs, root] = [join(work, "debs"), join(work, "root")];
  for (const folder of [debs, root, image]) mkdirSync(folder);
  await download(
    packages.map(({ name }) => name),
    debs,
  );
  const kernelMembers = ["./boot/vmlinuz-*", ...modules.map((name) => `*/kernel/${name}.ko`)];
  for (const one of packages) {
    await unpack(one, debs, root, one.name === kernel ? kernelMembers : []);
  }
  const boot = readdirSync(join(root, "boot"));
  const only = (pattern: RegExp) => {
    const found = boot.filter((name) => pattern.test(name));
    if (found.length !== 1) throw new Error(`${found.length} files like ${pattern} in /boot`);
    return readFileSync(join(root, "boot", found[0] ?? ""));
  };
  await writeFile(join(image, "xen"), gunzipSync(only(/^xen-.*-amd64\.gz$/)));
  await writeFile(join(image, "vmlinux"), uncompressedKernel(only(/^vmlinuz-/)));
  await writeFile(join(image, "dom0.cpio.gz"), gzipSync(rootFileSystem(root).bytes()));
}

function rootFileSystem(root: string): CpioArchive {
  const archive = new CpioArchive();
  const copy = (path: string, target = path) => {
    const content = readFileSync(join(root, path));
    archive.file(target, content, statSync(join(root, path)).mode & 0o777);
  };
  for (const folder of folders) archive.directory(folder);
  copy("bin/busybox");
  for (const path of programs) copy(path);
  for (const path of libraryClosure(root, programs, libraries)) copy(path);
  copy("lib64/ld-linux-x86-64.so.2");
  for (const [path, target] of Object.entries(links)) archive.symlink(path, target);

  for (const entry of readdirSync(join(root, "etc/xen"), {
    withFileTypes: true,
    recursive: true,
  })) {
    if (entry.isFile()) copy(join(entry.parentPath, entry.name).slice(root.length + 1));
  }
  const [version = ""] = readdirSync(join(root, "lib/modules"));
  for (const name of modules) {
    copy(`lib/modules/${version}/kernel/${name}.ko`, `lib/modules/${basename(name)}.ko`);
  }
  const order = modules.map((name) => `${basename(name)}\n`).join("");
  return archive
    .file("lib/modules/order", order)
    .file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n")
    .file("etc/group", "root:x:0:\n")
    .file("etc/fstab", "")
    .file("etc/inittab", "::sysinit:/etc/boot\n::respawn:/usr/sbin/dropbear -F -E -R -s\n")
    .file("etc/boot", readFileSync(join(import.meta.dirname, "boot.sh")), 0o755)
    .directory("etc/dropbear", 0o700)
    .directory("root", 0o700);
}
