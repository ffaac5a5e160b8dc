import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** What a run needs of the machine, and the Debian package that brings it. */
const requirements: readonly (readonly [present: () => boolean, package_: string])[] = [
  [() => runs("qemu-system-x86_64"), "qemu-system-x86"],
  [() => runs("ssh"), "openssh-client"],
  [() => runs("ssh-keygen"), "openssh-client"],
  [() => runs("readelf"), "binutils"],
  [() => runs("xz"), "xz-utils"],
  [() => runs("cpio"), "cpio"],
  [() => runs("mkfs.fat"), "dosfstools"],
  [() => runs("mcopy"), "mtools"],
  [() => runs("grub-mkimage"), "grub-common"],
  [() => existsSync("/usr/lib/grub/i386-pc"), "grub-pc-bin"],
  [() => existsSync("/usr/lib/grub/x86_64-efi"), "grub-efi-amd64-bin"],
  [() => runs("setpriv"), "util-linux"],
  [() => runs("apt-get"), "apt"],
  [() => runs("dpkg-deb"), "dpkg"],
  [() => runs("dune"), "ocaml-dune"],
  [() => existsSync("/usr/lib/x86_64-linux-musl/libc.a"), "musl-dev"],
];

/** Debian packages that this machine lacks. */
export function missingPackages(): string[] {
  const missing = requirements.filter(([present]) => !present()).map(([, name]) => name);
  return [...new Set(missing)];
}

function runs(command: string): boolean {
  return spawnSync("sh", ["-c", 'command -v "$0"', command]).status === 0;
}
