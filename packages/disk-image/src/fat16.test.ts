import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fat16, largestContent } from "./fat16.js";
import { writeDisk } from "./write-disk.js";

// The judges are dosfstools and mtools.

const volume = { start: 0, label: "TEST", serialNumber: 0x1234_abcd };
let folder: string;
let image: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mirage-fat-"));
  image = join(folder, "image");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function write(files: Parameters<typeof fat16>[1]) {
  const { sectors, extents } = fat16(volume, files);
  await writeDisk({ format: "raw", size: sectors * 512, extents, ranges: [] }, image);
  return sectors;
}

function run(command: string, ...args: string[]): Buffer {
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin`, TZ: "UTC" };
  return execFileSync(command, args, { env, maxBuffer: 64 * 1024 ** 2 });
}

test.each([
  ["less than a sector", 1],
  ["one sector", 512],
  ["one byte more", 513],
  ["a kernel", 1_889_471],
  ["as much as clusters of a sector hold, and more", 40 * 1024 ** 2],
])("%s comes back as it was, and fsck finds nothing", async (_, size) => {
  const bytes = Buffer.alloc(size, "the quick brown fox");
  await write([
    { path: "grub.cfg", size: 3, content: Buffer.from("cfg") },
    { path: "kernel", size, content: bytes },
  ]);
  run("fsck.fat", "-n", image);
  expect(run("mtype", "-i", image, "::grub.cfg").toString()).toBe("cfg");
  const digest = (data: Buffer) => createHash("sha256").update(data).digest("hex");
  expect(digest(run("mtype", "-i", image, "::kernel"))).toBe(digest(bytes));
});

test("names and the label are as given, and dates are the first of FAT", async () => {
  await write([{ path: "grub.cfg", size: 3, content: Buffer.from("cfg") }]);
  const listing = run("mdir", "-i", image, "::").toString();
  expect(listing).toMatch(/Volume in drive : is TEST/);
  expect(listing).toMatch(/Serial Number is 1234-ABCD/);
  expect(listing).toMatch(/^grub +cfg +3 1980-01-01 +0:00/m);
});

test("folders have what is in them, and their way back", async () => {
  await write([
    { path: "kernel", size: 6, content: Buffer.from("kernel") },
    { path: "efi/boot/bootx64.efi", size: 600, content: Buffer.alloc(600, "efi") },
    { path: "efi/boot/more.cfg", size: 4, content: Buffer.from("more") },
    ...Array.from({ length: 20 }, (_, i) => ({
      path: `efi/many/${i}`,
      size: 1,
      content: Buffer.from("m"),
    })),
  ]);
  run("fsck.fat", "-n", image);
  expect(run("mtype", "-i", image, "::efi/boot/bootx64.efi").toString()).toBe("efi".repeat(200));
  expect(run("mtype", "-i", image, "::EFI/BOOT/../boot/more.cfg").toString()).toBe("more");
  expect(run("mdir", "-b", "-i", image, "::efi/many").toString().split("\n")).toHaveLength(21);
});

test("every cluster size up to the largest makes a file system that fsck accepts", async () => {
  const source = join(folder, "source");
  writeFileSync(source, "");
  for (const MiB of [33, 65, 130, 300, 600, 1100, 2000]) {
    const size = Math.min(MiB * 1024 ** 2, largestContent);
    // Sparse: fsck follows the chains, and reads no content.
    const { sectors, extents } = fat16(volume, [
      { path: "kernel", size, content: { file: source } },
    ]);
    const written = extents.filter(({ content }) => content instanceof Uint8Array);
    rmSync(image, { force: true });
    await writeDisk({ format: "raw", size: sectors * 512, extents: written, ranges: [] }, image);
    expect(run("fsck.fat", "-nv", image).toString(), `${MiB} MiB`).toContain("16 bit entries");
    expect(sectors * 512, `${MiB} MiB`).toBeLessThan(size * 1.02 + 2 * 1024 ** 2);
  }
});

test("more than a volume can hold is refused", () => {
  const size = largestContent + 2 * 1024 ** 2;
  expect(() => fat16(volume, [{ path: "kernel", size, content: { file: "x" } }])).toThrow(
    RangeError,
  );
});
