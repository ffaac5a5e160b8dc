import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import type { ArchitectureName } from "./dom0/architecture.js";

type Requirement = readonly [present: () => boolean, package_: string];

/** What every run needs of the machine, and the Debian package that brings it. */
const common: readonly Requirement[] = [
  [() => runs("ssh"), "openssh-client"],
  [() => runs("ssh-keygen"), "openssh-client"],
  [() => runs("readelf"), "binutils"],
  [() => runs("xz"), "xz-utils"],
  [() => runs("cpio"), "cpio"],
  [() => runs("setpriv"), "util-linux"],
  [() => runs("apt-get"), "apt"],
  [() => runs("dpkg-deb"), "dpkg"],
  [() => runs("dune"), "ocaml-dune"],
];

const own: Readonly<Record<ArchitectureName, readonly Requirement[]>> = {
  amd64: [
    [() => runs("qemu-system-x86_64"), "qemu-system-x86"],
    [() => runs("mkfs.fat"), "dosfstools"],
    [() => runs("mcopy"), "mtools"],
    [() => runs("grub-mkimage"), "grub-common"],
    [() => existsSync("/usr/lib/grub/i386-pc"), "grub-pc-bin"],
    [() => existsSync("/usr/lib/grub/x86_64-efi"), "grub-efi-amd64-bin"],
    [() => existsSync("/usr/lib/x86_64-linux-musl/libc.a"), "musl-dev"],
  ],
  arm64: [
    [() => runs("qemu-system-aarch64"), "qemu-system-arm"],
    [() => runs("aarch64-linux-gnu-gcc"), "gcc-aarch64-linux-gnu"],
  ],
};

/** Debian packages that this machine lacks for a rig with these processors. */
export function missingPackages(architecture: ArchitectureName): string[] {
  const requirements = [...common, ...own[architecture]];
  const missing = requirements.filter(([present]) => !present()).map(([, name]) => name);
  return [...new Set(missing)];
}

function runs(command: string): boolean {
  return spawnSync("sh", ["-c", 'command -v "$0"', command]).status === 0;
}
