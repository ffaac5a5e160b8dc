import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { printXlConfig, xlConfig } from "@mirage/xl";
import { CpioArchive } from "../dom0/cpio.js";
import { filesBelow, onlyFile } from "../dom0/files.js";
import { kernelPackage } from "../dom0/kernel.js";
import { madeOfPackages } from "../dom0/packages.js";

// The least that serves a page: no init system, no device manager, one driver.
const init = `#!/busybox sh
/busybox mount -t proc proc /proc
/busybox insmod /xen-netfront.ko
until [ -e /proc/sys/net/ipv4/conf/eth0 ]; do /busybox usleep 10000; done
/busybox ifconfig eth0 10.0.0.2 netmask 255.255.255.0 up
/busybox httpd -h /www
while :; do /busybox sleep 1000; done
`;

/**
 * Writes a PVH guest into `folder`, as `mirage build` would: Debian's kernel for guests, the small
 * one, and busybox's httpd, which serves the files below `site`.
 */
export async function writeLinuxGuest(
  folder: string,
  site: string,
  say: (text: string) => void,
): Promise<void> {
  const kernel = kernelPackage("linux-image-cloud-amd64");
  const parts = await madeOfPackages(
    {
      title: "a Linux guest",
      packages: {
        "busybox-static": [],
        [kernel]: ["./boot/vmlinuz-*", "*/drivers/net/xen-netfront.ko"],
      },
      async make(root, to) {
        copyFileSync(onlyFile(join(root, "boot"), /^vmlinuz-/), join(to, "vmlinuz"));
        copyFileSync(join(root, "bin/busybox"), join(to, "busybox"));
        const [driver = ""] = filesBelow(root, "lib/modules");
        copyFileSync(join(root, driver), join(to, "xen-netfront.ko"));
      },
    },
    say,
  );
  copyFileSync(join(parts, "vmlinuz"), join(folder, "vmlinuz"));
  const archive = new CpioArchive()
    .file("init", init, 0o755)
    .file("busybox", readFileSync(join(parts, "busybox")), 0o755)
    .file("xen-netfront.ko", readFileSync(join(parts, "xen-netfront.ko")))
    .directory("proc");
  for (const path of filesBelow(site, ".")) {
    archive.file(join("www", relative(".", path)), readFileSync(join(site, path)));
  }
  writeFileSync(join(folder, "initrd.gz"), gzipSync(archive.bytes()));
  const config = xlConfig({
    name: "linux",
    type: "pvh",
    kernel: "vmlinuz",
    ramdisk: "initrd.gz",
    cmdline: "console=hvc0 quiet",
    memory: 256,
    vcpus: 1,
    vif: ["bridge=xenbr0"],
  });
  writeFileSync(join(folder, "linux.xl"), printXlConfig(config));
}
