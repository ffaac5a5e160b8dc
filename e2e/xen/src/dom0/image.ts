import { readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Architecture, type ArchitectureName, architectures } from "./architecture.js";
import { CpioArchive } from "./cpio.js";
import { aptFor } from "./debian.js";
import { copyFrom, filesBelow, onlyFile } from "./files.js";
import { kernelPackage } from "./kernel.js";
import { libraryClosure } from "./libraries.js";
import { madeOfPackages } from "./packages.js";
import { folders, libraries, links, modules, packagesOf, programs } from "./recipe.js";

/** What QEMU boots. */
export interface Dom0Image {
  /** It has `xen`, `vmlinux` and `dom0.cpio.gz`. */
  readonly folder: string;
  readonly architecture: ArchitectureName;
}

export async function dom0Image(
  say: (text: string) => void,
  name: ArchitectureName = "amd64",
): Promise<Dom0Image> {
  const architecture = architectures[name];
  const apt = aptFor(name);
  // Not the cloud kernel, which cannot be dom0.
  const kernel = kernelPackage(`linux-image-${name}`, apt);
  const kernelMembers = ["./boot/vmlinuz-*", ...modules.map((name) => `*/kernel/${name}.ko`)];
  const packages = Object.fromEntries(packagesOf(name).map((name) => [name, []]));
  const folder = await madeOfPackages(
    {
      title: `dom0's image for ${name}`,
      packages: { ...packages, [kernel]: kernelMembers },
      async make(root, to) {
        const boot = join(root, "boot");
        const xen = architecture.unpackXen(readFileSync(onlyFile(boot, architecture.xen)));
        await writeFile(join(to, "xen"), xen);
        const vmlinux = architecture.unpackKernel(readFileSync(onlyFile(boot, /^vmlinuz-/)));
        await writeFile(join(to, "vmlinux"), vmlinux);
        await writeFile(
          join(to, "dom0.cpio.gz"),
          gzipSync(rootFileSystem(root, architecture).bytes()),
        );
      },
    },
    say,
    apt,
  );
  return { folder, architecture: name };
}

function rootFileSystem(root: string, architecture: Architecture): CpioArchive {
  const archive = new CpioArchive();
  const copy = copyFrom(root, archive);
  for (const folder of folders) archive.directory(folder);
  copy("bin/busybox");
  for (const path of programs) copy(path);
  for (const path of libraryClosure(root, programs, libraries, architecture)) copy(path);
  copy(architecture.loader);
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
