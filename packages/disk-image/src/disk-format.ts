import { GiB, MiB, sectorSize } from "./units.js";

/** What kind of file a disk is in. */
export type DiskFormat = "raw" | "qcow2" | "vmdk" | "vhd" | "vhdx" | "gce";

/** A format, as its users see it. */
export interface FormatFacts {
  /** Of its files, with the dot. */
  readonly suffix: string;
  /** A disk has a multiple of this, in bytes. */
  readonly unit: number;
  /** Who takes it. */
  readonly use: string;
  /** Options of qemu-img(1) that write it: `-O`, and perhaps `-o`. */
  readonly qemuImg?: readonly string[];
}

/** The formats; `raw` is the default. */
export const diskFormats: Readonly<Record<DiskFormat, FormatFacts>> = {
  raw: { suffix: ".img", unit: sectorSize, use: "any hypervisor, a USB stick, EC2" },
  qcow2: {
    suffix: ".qcow2",
    unit: sectorSize,
    use: "QEMU, libvirt, Proxmox, OpenStack",
    qemuImg: ["-O", "qcow2"],
  },
  vmdk: { suffix: ".vmdk", unit: MiB, use: "VirtualBox, VMware", qemuImg: ["-O", "vmdk"] },
  vhd: {
    suffix: ".vhd",
    unit: MiB,
    use: "XenServer, XCP-ng",
    // Otherwise the size is rounded to cylinders, and the partition table's copy is not at the end.
    qemuImg: ["-O", "vpc", "-o", "force_size=on"],
  },
  vhdx: { suffix: ".vhdx", unit: MiB, use: "Hyper-V", qemuImg: ["-O", "vhdx"] },
  // https://cloud.google.com/compute/docs/import/import-existing-image
  gce: { suffix: ".tar.gz", unit: GiB, use: "Google Compute Engine" },
};
