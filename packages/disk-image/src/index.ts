export { composeDisk, type Disk, type DiskRequest } from "./compose-disk.js";
export { type DiskFormat, diskFormats, type FormatFacts } from "./disk-format.js";
export type { Content, Extent, Range } from "./extent.js";
export type { GrubFiles } from "./grub.js";
export { formatSize, parseSize } from "./parse-size.js";
export { type WriteDiskOptions, writeDisk } from "./write-disk.js";
