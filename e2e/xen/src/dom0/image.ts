import { readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { CpioArchive } from "./cpio.js";
import { copyFrom, filesBelow, onlyFile } from "./files.js";
import { kernelPackage, uncompressedKernel } from "./kernel.js";
import { libraryClosure } from "./libraries.js";
import { madeOfPackages } from "./packages.js";
import { folders, libraries, links, modules, packageNames, programs } from "./recipe.js";

/** What QEMU boots: a folder with `xen`, `vmlinux` and `dom0.cpio.gz`. */
export type Dom0Image = string;

export function dom0Image(say: (text: string) => void): Promise<Dom0Image> {
  // Not the cloud kernel, which cannot be dom0.
  const kernel = kernelPackage("linux-image-amd64");
  const kernelMembers = ["./boot/vmlinuz-*", ...modules.map((name) => `*/kernel/${name}.ko`)];
  const packages = Object.fromEntries(packageNames.map((name) => [name, []]));
  return madeOfPackages(
    {
      title: "dom0's image",
      packages: { ...packages, [kernel]: kernelMembers },
      async make(root, to) {
        const boot = join(root, "boot");
        const xen = readFileSync(onlyFile(boot, /^xen-.*-amd64\.gz$/));
        await writeFile(join(to, "xen"), gunzipSync(xen));
        const vmlinux = uncompressedKernel(readFileSync(onlyFile(boot, /^vmlinuz-/)));
        await writeFile(join(to, "vmlinux"), vmlinux);
        await writeFile(join(to, "dom0.cpio.gz"), gzipSync(rootFileSystem(root).bytes()));
      },
    },
    say,
  );
}

function rootFileSystem(root: string): CpioArchive {
  const archive = new CpioArchive();
  const copy = copyFrom(root, archive);
  for (const folder of folders) archive.directory(folder);
  copy("bin/busybox");
  for (const path of programs) copy(path);
  for (const path of libraryClosure(root, programs, libraries)) copy(path);
  copy("lib64/ld-linux-x86-64.so.2");
  for (const [path, target] of Object.entries(links)) archive.symlink(path, target);

  for (const path of filesBelow(root, "etc/xen")) copy(path);
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
