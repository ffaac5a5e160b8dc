import fc from "fast-check";
import { expect, test } from "vitest";
import { disk } from "../../test/arbitraries.js";
import { type Disk, parseDisk, printDisk } from "./disk.js";

const volume: Disk = { vdev: "hda", target: "/dev/vg/guest-volume" };
const image: Disk = { vdev: "hdc", target: "/root/image.iso", cdrom: true };

test.each<[string, Disk]>([
  // the examples of the manual page
  ["/dev/vg/guest-volume,,hda", { ...volume, format: "raw" }],
  ["/dev/vg/guest-volume,raw,hda,rw", { ...volume, format: "raw", access: "rw" }],
  [
    "format=raw, vdev=hda, access=rw, target=/dev/vg/guest-volume",
    { ...volume, format: "raw", access: "rw" },
  ],
  ["raw:/dev/vg/guest-volume,hda,w", { ...volume, format: "raw", access: "rw" }],
  ["/root/image.iso,,hdc,cdrom", { ...image, format: "raw" }],
  ["/root/image.iso,,hdc,,cdrom", { ...image, format: "raw", access: "rw" }],
  ["/root/image.iso,raw,hdc,devtype=cdrom", { ...image, format: "raw" }],
  ["raw:/root/image.iso,hdc:cdrom,ro", { ...image, format: "raw", access: "ro" }],
  [",hdc:cdrom,r", { vdev: "hdc", cdrom: true, access: "ro" }],
  // and others
  ["vdev=xvda,target=/a,b=c, d ", { vdev: "xvda", target: "/a,b=c, d " }],
  ["phy:/dev/sda,xvda,w", { vdev: "xvda", target: "/dev/sda", access: "rw" }],
  ["tap:aio:/a,xvda,r", { vdev: "xvda", target: "/a", access: "ro" }],
  ["tap:qcow2:/a,xvda", { vdev: "xvda", target: "/a", format: "qcow2" }],
  ["nbd:host:1234,xvda", { vdev: "xvda", target: "host:1234", script: "block-nbd" }],
  ["vdev=hdc,cdrom", { vdev: "hdc", cdrom: true }],
  ["/a,,xvda,devtype=disk", { vdev: "xvda", target: "/a", format: "raw" }],
  [
    "vdev=xvda,no-discard,direct-io-safe,untrusted,backend=store,backendtype=qdisk,target=/a",
    {
      vdev: "xvda",
      target: "/a",
      discard: false,
      directIoSafe: true,
      trusted: false,
      backend: "store",
      backendtype: "qdisk",
    },
  ],
  [
    "/a,,xvda,specification=virtio,colo,colo-host=h,colo-port=9",
    {
      vdev: "xvda",
      target: "/a",
      format: "raw",
      specification: "virtio",
      other: { colo: "", "colo-host": "h", "colo-port": "9" },
    },
  ],
])("%s", (text, expected) => {
  expect(parseDisk(text)).toEqual(expected);
  expect(parseDisk(printDisk(expected))).toEqual(expected);
});

test.each([
  ["", "`` names no device of the guest"],
  ["/a", "`/a` names no device of the guest"],
  ["vdev=xvda", "`vdev=xvda` names no image or block device"],
  ["/a,bla,xvda", "`format` cannot be `bla`"],
  ["/a,raw,xvda,x", "`access` cannot be `x`"],
  ["/a,raw,xvda,r,more", "`more` is one part too many"],
  ["/a,raw,xvda,vdev=xvdb", "the disk has two values for `vdev`"],
  ["/a,raw,xvda,fromat=raw", "`fromat` is not a parameter of a disk"],
  ["/a=b,raw,xvda", "`/a=b` is not a parameter of a disk"],
  ["bla:/a,xvda", "`bla:` is not a prefix that xl knows"],
  ["/a,,hdc:floppy", "`devtype` cannot be `floppy`"],
])("%s is refused", (text, message) => {
  expect(() => parseDisk(text)).toThrow(
    expect.objectContaining({ code: "ERR_MIRAGE_XL_DISK", message, hint: expect.anything() }),
  );
});

test("a typing mistake is corrected", () => {
  expect(() => parseDisk("fromat=raw")).toThrow(
    expect.objectContaining({ hint: "did you mean `format`?" }),
  );
});

test("what has no place in a string is refused", () => {
  expect(() => printDisk({ vdev: "a,b" })).toThrow(/`vdev` cannot be written/);
  expect(() => printDisk({ vdev: "a", target: "x\ny" })).toThrow(/line end/);
});

test("what is printed reads back as the same", () => {
  fc.assert(
    fc.property(disk, (value) => {
      expect(parseDisk(printDisk(value))).toEqual(value);
    }),
  );
});
