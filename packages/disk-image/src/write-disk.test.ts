import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Disk } from "./compose-disk.js";
import { bytesAt } from "./extent.js";
import { writeDisk } from "./write-disk.js";

const MiB = 1024 ** 2;
let folder: string;
let image: string;
let source: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mirage-write-"));
  image = join(folder, "image");
  source = join(folder, "source");
  writeFileSync(source, Buffer.alloc(3 * MiB + 7, "source"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function disk(): Disk {
  const file = { offset: 8 * MiB, length: 3 * MiB + 7, content: { file: source } };
  return {
    format: "raw",
    size: 64 * MiB,
    extents: [bytesAt(10, Buffer.from("head")), file],
    ranges: [],
  };
}

test("every extent is in its place, and the rest is holes", async () => {
  await writeDisk(disk(), image);
  const { size, blocks } = statSync(image);
  expect(size).toBe(64 * MiB);
  expect(blocks * 512).toBeLessThan(4 * MiB);
  const content = readFileSync(image);
  const expected = Buffer.alloc(size);
  expected.write("head", 10);
  expected.set(readFileSync(source), 8 * MiB);
  expect(content.equals(expected)).toBe(true);
});

test.each([
  ["qcow2", "qcow2"],
  ["vmdk", "vmdk"],
  ["vhd", "vpc"],
  ["vhdx", "vhdx"],
] as const)("a disk as %s is the same disk", async (format, name) => {
  const raw = join(folder, "raw");
  await writeDisk(disk(), raw);
  await writeDisk({ ...disk(), format }, image);
  const facts = JSON.parse(qemuImg("info", "--output=json", "-f", name, image));
  expect(facts).toMatchObject({ format: name, "virtual-size": 64 * MiB });
  if (name !== "vpc") qemuImg("check", "-f", name, image);
  qemuImg("compare", "-f", name, "-F", "raw", image, raw);
  expect(readdirSync(folder).sort()).toEqual(["image", "raw", "source"]);
});

test("an archive for Google has disk.raw, and is the same each time", async () => {
  const raw = join(folder, "raw");
  await writeDisk(disk(), raw);
  for (const name of ["a", "b"]) await writeDisk({ ...disk(), format: "gce" }, join(folder, name));
  const [a, b] = ["a", "b"].map((name) => readFileSync(join(folder, name)));
  expect(b?.equals(a ?? Buffer.alloc(0))).toBe(true);
  execFileSync("tar", ["--extract", "--gzip", "--file", join(folder, "a"), "-C", folder]);
  expect(readFileSync(join(folder, "disk.raw")).equals(readFileSync(raw))).toBe(true);
});

test("a qcow2 disk is the same each time", async () => {
  const other = join(folder, "other");
  for (const path of [image, other]) await writeDisk({ ...disk(), format: "qcow2" }, path);
  expect(readFileSync(other).equals(readFileSync(image))).toBe(true);
});

test("a converter that isn't there is named, with its package", async () => {
  vi.stubEnv("PATH", folder);
  await expect(writeDisk({ ...disk(), format: "qcow2" }, image)).rejects.toMatchObject({
    code: "ERR_MIRAGE_DISK_NO_CONVERTER",
    hint: expect.stringContaining("qemu-utils"),
  });
  writeFileSync(join(folder, "tar"), "#!/bin/sh\necho 'tar: no' >&2; exit 2\n", { mode: 0o755 });
  await expect(writeDisk({ ...disk(), format: "gce" }, image)).rejects.toMatchObject({
    code: "ERR_MIRAGE_DISK_CONVERSION",
    message: "tar wrote no gce: tar: no",
  });
  vi.unstubAllEnvs();
  expect(readdirSync(folder).sort()).toEqual(["source", "tar"]);
});

function qemuImg(...args: string[]): string {
  return execFileSync("qemu-img", args, { encoding: "utf8" });
}

test("an existing file is left alone, unless it may be replaced", async () => {
  writeFileSync(image, "mine");
  await expect(writeDisk(disk(), image)).rejects.toMatchObject({ code: "ERR_MIRAGE_DISK_EXISTS" });
  expect(readFileSync(image, "utf8")).toBe("mine");
  await writeDisk(disk(), image, { replace: true });
  expect(statSync(image).size).toBe(64 * MiB);
});

test("nothing is left of a failure", async () => {
  const before = readdirSync(folder);
  const aborted = { signal: AbortSignal.abort() };
  await expect(writeDisk(disk(), image, aborted)).rejects.toMatchObject({
    code: "ERR_MIRAGE_INTERRUPTED",
  });
  const promised = disk();
  writeFileSync(source, "shorter");
  await expect(writeDisk(promised, image)).rejects.toMatchObject({
    code: "ERR_MIRAGE_DISK_KERNEL",
  });
  rmSync(source);
  await expect(writeDisk(promised, image)).rejects.toMatchObject({
    code: "ERR_MIRAGE_SYSTEM_ENOENT",
  });
  expect(readdirSync(folder)).toEqual(before.filter((name) => name !== "source"));
});

test("a disk that is too large for the file system is named with its size", async () => {
  const vast = { ...disk(), size: 2 ** 53 - 512 };
  await expect(writeDisk(vast, image)).rejects.toMatchObject({
    code: "ERR_MIRAGE_DISK_SIZE",
    message: expect.stringContaining(image),
  });
  expect(readdirSync(folder)).toEqual(["source"]);
});
