import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { CpioArchive } from "./cpio.js";
import { copyFrom } from "./files.js";
import { libraryClosure } from "./libraries.js";
import { madeOfPackages } from "./packages.js";

const program = "usr/libexec/xen-qemu-system-i386";
const files = [
  program,
  "usr/lib/xen-4.17/boot/hvmloader",
  "usr/share/qemu/keymaps/en-us",
  "usr/share/qemu/kvmvapic.bin",
  "usr/share/seabios/bios-256k.bin",
];

const packageNames = [
  "libaio1",
  "libbz2-1.0",
  "libc6",
  "libdw1",
  "libelf1",
  "libfdt1",
  "libffi8",
  "libgcc-s1",
  "libglib2.0-0",
  "libgstreamer-plugins-base1.0-0",
  "libgstreamer1.0-0",
  "libjpeg62-turbo",
  "liblz4-1",
  "liblzma5",
  "libopus0",
  "liborc-0.4-0",
  "libpcre2-8-0",
  "libpixman-1-0",
  "libsasl2-2",
  "libspice-server1",
  "libssl3",
  "libstdc++6",
  "libudev1",
  "libunwind8",
  "libusb-1.0-0",
  "libxencall1",
  "libxendevicemodel1",
  "libxenevtchn1",
  "libxenforeignmemory1",
  "libxengnttab1",
  "libxenmisc4.17",
  "libxenstore4",
  "libxentoolcore1",
  "libxentoollog1",
  "libzstd1",
  "qemu-system-data",
  "qemu-system-xen",
  "seabios",
  "xen-utils-4.17",
  "zlib1g",
];

/** A cpio archive, compressed, of what dom0 needs besides its own for HVM guests: a whole PC. */
export async function deviceModel(say: (text: string) => void): Promise<string> {
  const packages = Object.fromEntries(packageNames.map((name) => [name, []]));
  const folder = await madeOfPackages(
    {
      title: "the device model of HVM guests",
      packages,
      async make(root, to) {
        const archive = new CpioArchive();
        const copy = copyFrom(root, archive);
        for (const path of [...files, ...libraryClosure(root, [program], [])]) copy(path);
        await writeFile(join(to, "device-model.cpio.gz"), gzipSync(archive.bytes()));
      },
    },
    say,
  );
  return join(folder, "device-model.cpio.gz");
}
