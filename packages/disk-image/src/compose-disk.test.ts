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
  expect(disk.size).toBe(5 * MiB);
  let end = -1;
  for (const { offset, length } of disk.ranges) {
    expect(offset).toBeGreaterThan(end);
    end = offset + length;
  }
  expect(end).toBeLessThanOrEqual(disk.size);
  const covered = disk.ranges.reduce((sum, { length }) => sum + length, 0);
  expect(covered).toBe(disk.extents.reduce((sum, { length }) => sum + length, 0));
});

test("a larger disk has its content in the same places, and its table's copy at the end", async () => {
  const small = await composeDisk({ kernel });
  const large = await composeDisk({ kernel, size: 64 * 1024 ** 4 });
  expect(large.size).toBe(64 * 1024 ** 4);
  expect(large.ranges.slice(0, -1)).toEqual(small.ranges.slice(0, -1));
  const table = 33 * 512;
  expect(large.ranges.at(-1)).toEqual({ offset: large.size - table, length: table });
});

test("the partition table, as partx, sgdisk and mtools read it", async () => {
  const image = join(folder, "image");
  for (const size of [undefined, 3 * 1024 ** 3 + 512]) {
    const disk = await composeDisk({
      kernel,
      commandLine: ["A=b"],
      ...(size === undefined ? {} : { size }),
    });
    await writeDisk(disk, image, { replace: true });
    const columns = "START,SECTORS,TYPE,NAME,SCHEME";
    const table = execFileSync("partx", ["--raw", "--noheadings", "-o", columns, image]);
    expect(table.toString()).toBe(
      `34 2014 21686148-6449-6e6f-744e-656564454649 BIOS\\x20boot gpt
2048 6144 c12a7328-f81f-11d2-ba4b-00a0c93ec93b EFI\\x20system gpt
`,
    );
    const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };
    expect(execFileSync("sgdisk", ["--verify", image], { env }).toString()).toContain(
      "No problems found",
    );
    const config = execFileSync("mtype", ["-i", `${image}@@1M`, "::grub.cfg"]).toString();
    expect(config).toContain("multiboot2 /kernel 'A=b'");
    const program = execFileSync("mtype", ["-i", `${image}@@1M`, "::efi/boot/bootx64.efi"]);
    expect(program.subarray(0, 2).toString()).toBe("MZ");
  }
});

test("the boot sector loads the core image from its own partition", async () => {
  const { extents } = await composeDisk({ kernel });
  const at = (offset: number) => {
    const content = extents.find((extent) => extent.offset === offset)?.content;
    if (!(content instanceof Uint8Array)) throw new Error(`nothing at ${offset}`);
    return Buffer.from(content);
  };
  expect(at(0).readBigUInt64LE(0x5c)).toBe(34n);
  expect(at(34 * 512).readBigUInt64LE(512 - 12)).toBe(35n);
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
  const cloud = { kernel, format: "gce" } as const;
  await expect(composeDisk({ ...cloud, size: 64 * MiB })).rejects.toMatchObject({
    hint: "give a multiple of 1G",
  });
  expect((await composeDisk(cloud)).size).toBe(1024 * MiB);
  writeKernel(9 * MiB);
  await expect(composeDisk({ kernel, size: 8 * MiB })).rejects.toMatchObject({
    code: "ERR_MIRAGE_DISK_TOO_SMALL",
    hint: "the smallest disk for it has 12M",
  });
});

test("missing files of GRUB are named, with the command that installs them", async () => {
  const nowhere = { kernel, grub: { folder } };
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
  for (const platform of ["i386-pc", "x86_64-efi"]) {
    const grub = join(folder, `without-${platform}`);
    execFileSync("cp", ["-r", "/usr/lib/grub", grub]);
    rmSync(join(grub, platform, "multiboot2.mod"));
    await expect(composeDisk({ kernel, grub: { folder: grub } })).rejects.toMatchObject({
      code: "ERR_MIRAGE_DISK_NO_GRUB",
      message: expect.stringContaining(`${platform}/multiboot2.mod`),
      hint: expect.stringContaining("grub-efi-amd64-bin"),
    });
  }
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
  const bios = join(folder, "i386-pc");
  execFileSync("cp", ["-r", "/usr/lib/grub/i386-pc", bios]);
  rmSync(join(bios, "boot.img"));
  symlinkSync(kernel, join(bios, "boot.img"));
  await expect(composeDisk({ kernel, grub: { folder } })).rejects.toThrow(error("GRUB_FAILED"));
});

/** A kernel for 64-bit Arm with the heads of Linux's Image and of UEFI, of one section. */
function writeArm64Kernel(size: number, claimed = size): Buffer {
  const bytes = Buffer.alloc(size, 0x5a);
  const header = 64;
  bytes.write("MZ", 0, "latin1");
  bytes.write("ARM\x64", 56, "latin1");
  bytes.writeUInt32LE(header, 60);
  bytes.write("PE\0\0", header, "latin1");
  bytes.writeUInt16LE(1, header + 6);
  bytes.writeUInt16LE(0, header + 20);
  bytes.writeUInt32LE(claimed - 512, header + 24 + 16);
  bytes.writeUInt32LE(512, header + 24 + 20);
  writeFileSync(kernel, bytes);
  return bytes;
}

test("a kernel for arm64 is what UEFI starts, without GRUB and a partition for a BIOS", async () => {
  const image = join(folder, "image");
  const bytes = writeArm64Kernel(100_000);
  const grub = { folder: join(folder, "nowhere") };
  const disk = await composeDisk({ kernel, commandLine: ["A=b", "ip=dhcp"], grub });
  await writeDisk(disk, image);
  const table = execFileSync("partx", ["--raw", "--noheadings", "-o", "START,NAME", image]);
  expect(table.toString()).toBe("2048 EFI\\x20system\n");
  const read = (path: string) => execFileSync("mtype", ["-i", `${image}@@1M`, path]);
  expect(read("::efi/boot/bootaa64.efi").equals(bytes)).toBe(true);
  expect(read("::cmdline").toString()).toBe("A=b ip=dhcp\n");
});

test("a kernel for arm64 that is cut short, and words that it would not be told, are refused", async () => {
  writeArm64Kernel(50_000, 100_000);
  await expect(composeDisk({ kernel })).rejects.toThrow(error("KERNEL"));
  writeArm64Kernel(100_000);
  await expect(composeDisk({ kernel, commandLine: ["a b"] })).rejects.toThrow(
    error("COMMAND_LINE"),
  );
});
