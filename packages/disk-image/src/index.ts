export { composeDisk, type Disk, type DiskRequest } from "./compose-disk.js";
export type { Content, Extent, Range } from "./extent.js";
export type { GrubFiles } from "./grub.js";
export { type WriteDiskOptions, writeDisk } from "./write-disk.js";
