import type { ArchitectureName } from "@mirage/types";

/** What of QEMU's machines depends on their processors. */
export interface Hardware {
  /** QEMU's name of the processors; also libvirt's. */
  readonly name: string;
  /** `-machine` and what goes with it. */
  readonly machine: readonly string[];
  /** What of the processor a kernel and its cryptography use, for QEMU's translator. */
  readonly translated: string;
  /** Ends the name of a virtio device: the bus that it is on, with options that any of them takes. */
  readonly bus: string;
  readonly busOptions: string;
  /** The device that hears of a crash. */
  readonly panic: string;
  /** The device that takes the kernel's reports to the character device `status`. */
  readonly status: string;
  /** The machine of libvirt's domains, and what these have besides. */
  readonly libvirt: { readonly machine: string; readonly acpi: boolean; readonly panic?: string };
}

export const hardware: Readonly<Record<ArchitectureName, Hardware>> = {
  amd64: {
    name: "x86_64",
    // A microvm has no devices of old and starts at once, with memory-mapped virtio 1.x.
    machine: ["-machine", "microvm,pit=off,pic=off", "-global", "virtio-mmio.force-legacy=false"],
    // QEMU's translator has no more by default.
    translated: "qemu64,+ssse3,+sse4.1,+sse4.2,+popcnt,+aes,+pclmulqdq,+rdrand",
    bus: "device",
    busOptions: "",
    panic: "pvpanic",
    // The port on which a kernel of ours looks for someone who hears its reports.
    status: "isa-debugcon,iobase=0x5e9,chardev=status",
    libvirt: { machine: "q35", acpi: true, panic: "isa" },
  },
  arm64: {
    name: "aarch64",
    machine: ["-machine", "virt"],
    translated: "max",
    // Devices are found in the order of their slots. They need no code for firmware.
    bus: "pci",
    busOptions: ",romfile=",
    panic: "pvpanic-pci",
    status: "pci-serial,chardev=status",
    libvirt: { machine: "virt", acpi: false },
  },
};
