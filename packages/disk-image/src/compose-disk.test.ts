import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { composeDisk } from "./compose-disk.js";
import { writeDisk } from "./write-disk.js";

const MiB = 1024 ** 2;
let folder: string;
let kernel: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mirage-disk-"));
  kernel = join(folder, "kernel.elf");
  writeKernel(100_000);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function writeKernel(size: number): void {
  const bytes = Buffer.alloc(size, 0x5a);
  const words = [0xe85250d6, 0, 16, 2 ** 32 - 0xe85250d6 - 16];
  for (const [index, word] of words.entries()) bytes.writeUInt32LE(word, index * 4);
  writeFileSync(kernel, bytes);
}

const error = (code: string) => expect.objectContaining({ code: `ERR_MIRAGE_DISK_${code}` });

test("the disk is as small as it can be, and zero outside its ranges", async () => {
  const disk = await composeDisk({ kernel });
  expect(disk.size).toBe(4 * MiB);
  let end = -1;
  for (const { offset, length } of disk.ranges) {
    expect(offset).toBeGreaterThan(end);
    end = offset + length;
  }
  expect(end).toBeLessThanOrEqual(disk.size);
  const covered = disk.ranges.reduce((sum, { length }) => sum + length, 0);
  expect(covered).toBe(disk.extents.reduce((sum, { length }) => sum + length, 0));
});

test("a larger disk has its content in the same places", async () => {
  const small = await composeDisk({ kernel });
  const large = await composeDisk({ kernel, size: 64 * 1024 ** 4 });
  expect(large.size).toBe(64 * 1024 ** 4);
  expect(large.ranges).toEqual(small.ranges);
});

test("the partition table, as partx and mtools read it", async () => {
  const image = join(folder, "image");
  const disk = await composeDisk({ kernel, commandLine: ["A=b"] });
  await writeDisk(disk, image);
  const columns = "START,SECTORS,TYPE,FLAGS,SCHEME";
  const table = execFileSync("partx", ["--raw", "--noheadings", "-o", columns, image]);
  expect(table.toString()).toBe(`2048 ${disk.size / 512 - 2048} 0xe 0x80 dos\n`);
  const config = execFileSync("mtype", ["-i", `${image}@@1M`, "::grub.cfg"]).toString();
  expect(config).toContain("multiboot2 /kernel 'A=b'");
});

test("a kernel without a Multiboot2 header is refused", async () => {
  writeFileSync(kernel, "#!/bin/sh\n");
  await expect(composeDisk({ kernel })).rejects.toThrow(error("NO_MULTIBOOT"));
});

test("a kernel that is cut short is refused", async () => {
  // A 64-bit ELF file with one segment, of which the last byte is missing; elf(5).
  const start = 4096;
  const header = readFileSync(kernel).subarray(0, 16);
  const cut = Buffer.alloc(start + header.length);
  Buffer.from("7f454c46020101", "hex").copy(cut);
  cut.writeBigUInt64LE(64n, 32);
  cut.writeUInt16LE(1, 56);
  cut.writeBigUInt64LE(BigInt(start), 64 + 8);
  cut.writeBigUInt64LE(BigInt(header.length + 1), 64 + 32);
  header.copy(cut, start);
  writeFileSync(kernel, cut);
  await expect(composeDisk({ kernel })).rejects.toThrow(`${kernel} is cut short`);
});

test("a kernel that isn't there, or is a folder, is an error of the system", async () => {
  await expect(composeDisk({ kernel: join(folder, "none") })).rejects.toThrow(
    expect.objectContaining({ code: "ERR_MIRAGE_SYSTEM_ENOENT" }),
  );
  await expect(composeDisk({ kernel: folder })).rejects.toThrow(
    expect.objectContaining({ code: "ERR_MIRAGE_SYSTEM_EISDIR" }),
  );
});

test("sizes that are none, and sizes that are too small, are refused", async () => {
  for (const size of [0, -512, 1.5, 513, Number.NaN]) {
    await expect(composeDisk({ kernel, size })).rejects.toThrow(error("SIZE"));
  }
  writeKernel(9 * MiB);
  await expect(composeDisk({ kernel, size: 8 * MiB })).rejects.toMatchObject({
    code: "ERR_MIRAGE_DISK_TOO_SMALL",
    hint: "the smallest disk for it has 11 MiB",
  });
});

test("missing files of GRUB are named, with the command that installs them", async () => {
  const nowhere = { kernel, grub: { folder: join(folder, "i386-pc") } };
  await expect(composeDisk(nowhere)).rejects.toMatchObject({
    code: "ERR_MIRAGE_DISK_NO_GRUB",
    message: expect.stringContaining(join(folder, "i386-pc/boot.img")),
    hint: expect.stringContaining("apt-get install"),
  });
  const noProgram = { kernel, grub: { mkimage: join(folder, "grub-mkimage") } };
  await expect(composeDisk(noProgram)).rejects.toMatchObject({
    code: "ERR_MIRAGE_DISK_NO_GRUB",
    message: expect.stringContaining(join(folder, "grub-mkimage")),
  });
});

test("a single missing module is named", async () => {
  const grub = join(folder, "i386-pc");
  execFileSync("cp", ["-r", "/usr/lib/grub/i386-pc", grub]);
  rmSync(join(grub, "multiboot2.mod"));
  await expect(composeDisk({ kernel, grub: { folder: grub } })).rejects.toMatchObject({
    code: "ERR_MIRAGE_DISK_NO_GRUB",
    message: expect.stringContaining("multiboot2.mod"),
  });
});

test("what grub-mkimage complains of is passed on", async () => {
  const mkimage = join(folder, "grub-mkimage");
  writeFileSync(mkimage, "#!/bin/sh\necho 'grub-mkimage: error: no.' >&2; exit 1\n");
  chmodSync(mkimage, 0o755);
  await expect(composeDisk({ kernel, grub: { mkimage } })).rejects.toMatchObject({
    code: "ERR_MIRAGE_DISK_GRUB_FAILED",
    message: `${mkimage} made no image: grub-mkimage: error: no.`,
  });
});

test("boot.img of something else is refused", async () => {
  const grub = join(folder, "i386-pc");
  execFileSync("cp", ["-r", "/usr/lib/grub/i386-pc", grub]);
  rmSync(join(grub, "boot.img"));
  symlinkSync(kernel, join(grub, "boot.img"));
  await expect(composeDisk({ kernel, grub: { folder: grub } })).rejects.toThrow(
    error("GRUB_FAILED"),
  );
});
