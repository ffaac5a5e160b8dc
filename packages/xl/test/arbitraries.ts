import fc from "fast-check";
import type { Disk } from "../src/config/disk.js";
import type { Vif } from "../src/config/vif.js";

/** Text that may stand in a comma list. */
const part = fc.stringMatching(/^[!-+\--~][ -+\--~]*$/);

/** Network interfaces with any of their parameters. */
export const vif = fc.record<Vif, never>(
  {
    mac: fc.uint8Array({ minLength: 6, maxLength: 6 }).map((bytes) =>
      Array.from(bytes, (byte, at) => (at === 0 ? byte & 0xfe : byte))
        .map((byte) => byte.toString(16).padStart(2, "0"))
        .join(":"),
    ),
    bridge: part,
    ip: part,
    type: fc.constantFrom("ioemu", "vif"),
    model: part,
    vifname: part,
    script: part,
    backend: part,
    gatewaydev: part,
    rate: fc.record(
      {
        bytesPerSecond: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
        intervalMicroseconds: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
      },
      { requiredKeys: ["bytesPerSecond"] },
    ),
    devid: fc.nat(),
    mtu: fc.nat(),
    trusted: fc.boolean(),
  },
  { requiredKeys: [] },
);

/** Disks with any of their parameters. */
export const disk = fc.record<Disk, "vdev" | "target">(
  {
    vdev: part,
    target: fc.stringMatching(/^[ -~]+$/),
    format: fc.constantFrom("raw", "qcow", "qcow2", "vhd", "qed"),
    access: fc.constantFrom("ro", "rw"),
    cdrom: fc.constant(true),
    backend: part,
    backendtype: fc.constantFrom("phy", "qdisk", "standalone"),
    script: part,
    directIoSafe: fc.constant(true),
    discard: fc.boolean(),
    trusted: fc.boolean(),
    specification: fc.constantFrom("xen", "virtio"),
  },
  { requiredKeys: ["vdev", "target"] },
);
