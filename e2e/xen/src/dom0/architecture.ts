import { gunzipSync } from "node:zlib";
import { uncompressedKernel } from "./kernel.js";

/** Debian's names of the processors that a rig can have. */
export type ArchitectureName = "amd64" | "arm64";

/** What differs in a dom0 for other processors. */
export interface Architecture {
  readonly name: ArchitectureName;
  /** Debian's name in the folders of libraries. */
  readonly libraries: string;
  /** What starts programs that are linked with libraries. */
  readonly loader: string;
  /** Xen's file in the folder `boot`, and what QEMU starts of it. */
  readonly xen: RegExp;
  unpackXen(file: Buffer): Buffer;
  /** What Xen starts of Debian's kernel. */
  unpackKernel(file: Buffer): Buffer;
}

export const architectures: Readonly<Record<ArchitectureName, Architecture>> = {
  amd64: {
    name: "amd64",
    libraries: "x86_64-linux-gnu",
    loader: "lib64/ld-linux-x86-64.so.2",
    xen: /^xen-.*-amd64\.gz$/,
    unpackXen: (file) => gunzipSync(file),
    unpackKernel: uncompressedKernel,
  },
  arm64: {
    name: "arm64",
    libraries: "aarch64-linux-gnu",
    loader: "lib/ld-linux-aarch64.so.1",
    xen: /^xen-.*-arm64$/,
    unpackXen: (file) => file,
    unpackKernel: (file) => file,
  },
};
