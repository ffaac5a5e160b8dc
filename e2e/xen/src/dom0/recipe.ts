/** Debian packages of dom0, but for the kernel and Xen. */
const packageNames = [
  "bash",
  "busybox-static",
  "dropbear-bin",
  "iproute2",
  "libbpf1",
  "libbsd0",
  "libc6",
  "libcap2",
  "libcrypt1",
  "libdb5.3",
  "libelf1",
  "libfdt1",
  "libgcc-s1",
  "liblzma5",
  "liblzo2-2",
  "libmd0",
  "libmnl0",
  "libncurses6",
  "libnl-3-200",
  "libnl-route-3-200",
  "libpcre2-8-0",
  "libselinux1",
  "libtinfo6",
  "libtomcrypt1",
  "libtommath1",
  "libgmp10",
  "libuuid1",
  "libxencall1",
  "libxendevicemodel1",
  "libxenevtchn1",
  "libxenforeignmemory1",
  "libxengnttab1",
  "libxenhypfs1",
  "libxenmisc4.17",
  "libxenstore4",
  "libxentoolcore1",
  "libxentoollog1",
  "libxtables12",
  "libyajl2",
  "libzstd1",
  "util-linux",
  "xen-utils-4.17",
  "xen-utils-common",
  "xenstore-utils",
  "zlib1g",
];

/** The same, with Xen for these processors. */
export function packagesOf(architecture: string): string[] {
  return [...packageNames, `xen-hypervisor-4.17-${architecture}`];
}

const toolstack = "usr/lib/xen-4.17/bin";

/** Programs of dom0; their libraries come along. */
export const programs = [
  "bin/bash",
  "bin/ip",
  "usr/bin/flock",
  "usr/bin/xenstore",
  "usr/sbin/dropbear",
  `${toolstack}/libxl-save-helper`,
  `${toolstack}/xen-init-dom0`,
  `${toolstack}/xenconsole`,
  `${toolstack}/xenconsoled`,
  `${toolstack}/xenctx`,
  `${toolstack}/xenstored`,
  `${toolstack}/xl`,
];

export const links: Readonly<Record<string, string>> = {
  init: "bin/busybox",
  "bin/sh": "busybox",
  ...Object.fromEntries(
    ["chmod", "exists", "list", "ls", "read", "rm", "watch", "write"].map((command) => [
      `usr/bin/xenstore-${command}`,
      "xenstore",
    ]),
  ),
  ...Object.fromEntries(
    ["xenconsoled", "xenctx", "xenstored", "xl"].map((command) => [
      `usr/sbin/${command}`,
      `/${toolstack}/${command}`,
    ]),
  ),
  "var/run": "/run",
  "var/lock": "/run/lock",
};

/** Loaded by name while programs run, so no program's header names it: glibc's pthread_cancel. */
export const libraries = ["libgcc_s.so.1"];

/** Kernel modules below lib/modules/VERSION/kernel, in the order in which they are loaded. */
export const modules = [
  "net/llc/llc",
  "net/802/stp",
  "net/bridge/bridge",
  "drivers/xen/xen-evtchn",
  "drivers/xen/xen-gntdev",
  "drivers/xen/xen-gntalloc",
  "drivers/xen/xen-privcmd",
  "drivers/xen/xenfs/xenfs",
  "drivers/net/xen-netback/xen-netback",
  "drivers/block/xen-blkback/xen-blkback",
  "drivers/block/loop",
  "drivers/net/tun",
  "drivers/net/ethernet/intel/e1000/e1000",
];

/** Folders that programs expect. */
export const folders = [
  "dev",
  "guests",
  "proc",
  "run",
  "sys",
  "tmp",
  "var/lib/xen",
  "var/lib/xenstored",
  "var/log/xen/console",
];
