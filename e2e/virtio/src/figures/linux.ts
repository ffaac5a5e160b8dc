import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { CpioArchive } from "../../../xen/src/dom0/cpio.js";
import { filesBelow, onlyFile } from "../../../xen/src/dom0/files.js";
import { kernelPackage } from "../../../xen/src/dom0/kernel.js";
import { madeOfPackages } from "../../../xen/src/dom0/packages.js";

/** In the order in which they need each other. */
const modules = [
  ...["virtio_ring", "virtio", "virtio_pci_legacy_dev", "virtio_pci_modern_dev", "virtio_pci"],
  ...["failover", "net_failover", "virtio_net"],
].map((name) => `${name}.ko`);

// The least that serves a page: no init system, no device manager, the drivers of one device.
const init = `#!/busybox sh
/busybox mount -t proc proc /proc
for module in ${modules.join(" ")}; do /busybox insmod /$module; done
until [ -e /proc/sys/net/ipv4/conf/eth0 ]; do /busybox usleep 10000; done
/busybox ifconfig eth0 10.0.0.2 netmask 255.255.255.0 up
/busybox httpd -h /www
while :; do /busybox sleep 1000; done
`;

/**
 * Writes `vmlinuz` and `initrd.gz` into `folder`: Debian's kernel for virtual machines, the small one, and
 * busybox's httpd, which serves the files below `site`.
 */
export async function writeLinux(
  folder: string,
  site: string,
  say: (text: string) => void,
): Promise<void> {
  const kernel = kernelPackage("linux-image-cloud-amd64");
  const parts = await madeOfPackages(
    {
      title: "Linux with virtio",
      packages: {
        "busybox-static": [],
        [kernel]: ["./boot/vmlinuz-*", "*/virtio*.ko", "*/failover.ko", "*/net_failover.ko"],
      },
      async make(root, to) {
        copyFileSync(onlyFile(join(root, "boot"), /^vmlinuz-/), join(to, "vmlinuz"));
        copyFileSync(join(root, "bin/busybox"), join(to, "busybox"));
        for (const path of filesBelow(root, "lib/modules")) {
          copyFileSync(join(root, path), join(to, basename(path)));
        }
      },
    },
    say,
  );
  copyFileSync(join(parts, "vmlinuz"), join(folder, "vmlinuz"));
  const archive = new CpioArchive()
    .file("init", init, 0o755)
    .file("busybox", readFileSync(join(parts, "busybox")), 0o755)
    .directory("proc");
  for (const name of modules) archive.file(name, readFileSync(join(parts, name)));
  for (const path of filesBelow(site, ".")) {
    archive.file(join("www", relative(".", path)), readFileSync(join(site, path)));
  }
  writeFileSync(join(folder, "initrd.gz"), gzipSync(archive.bytes()));
}
