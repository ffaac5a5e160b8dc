import { join } from "node:path";
import { afterAll, expect } from "vitest";
import { copyOfExample, mirageOk, run } from "../../src/support/mirage.js";
import { buildForXen } from "../../xen/src/application.js";
import { expectSite } from "../../xen/src/site.js";
import { Machine, virtioTest } from "./machine.js";

/** The format's name at `mirage image`, the suffix of its files, and its name for QEMU. */
const formats = [
  ["raw", "img", "raw"],
  ["qcow2", "qcow2", "qcow2"],
  ["vmdk", "vmdk", "vmdk"],
  ["vhd", "vhd", "vpc"],
  ["vhdx", "vhdx", "vhdx"],
] as const;

let built: Promise<string> | undefined;
const www = () => {
  built ??= buildForXen(copyOfExample("www", afterAll));
  return built;
};

async function serves(folder: string, image: string, format: string, uefi: boolean) {
  const disk = { image: join(folder, image), format, uefi };
  const machine = await Machine.start("q35", folder, { disk, memory: uefi ? 96 : 64 });
  await machine.fetch("/");
  await expectSite(join(folder, "htdocs"), machine.port);
  await machine.command("system_powerdown");
  expect(await machine.ends(), `${image} ${uefi}`).toBe(0);
}

virtioTest("SeaBIOS and OVMF start www from the same disk", async () => {
  const folder = await www();
  await mirageOk(["image"], folder);
  for (const uefi of [false, true]) await serves(folder, "mir-www.img", "raw", uefi);
});

virtioTest("disks of every format are sound, hold the same, and start www", async () => {
  const folder = await www();
  for (const [format, suffix, name] of formats) {
    await mirageOk(["image", "--force", "--format", format], folder);
    const image = `mir-www.${suffix}`;
    const qemuImg = (...args: string[]) => run("qemu-img", args, { cwd: folder });
    // qemu-img knows of no check for vhd.
    if (name !== "raw" && name !== "vpc") {
      expect(await qemuImg("check", "-f", name, image)).toMatchObject({ code: 0 });
    }
    const compared = await qemuImg("compare", "-f", "raw", "-F", name, "mir-www.img", image);
    expect(compared.stdout, format).toMatch(/^Images are identical\./m);
    await serves(folder, image, name, false);
  }
});

virtioTest("Google's archive has one disk of a whole number of GiB, which starts www", async () => {
  const folder = await www();
  await mirageOk(["image", "--format", "gce"], folder);
  const tar = (...args: string[]) => run("tar", args, { cwd: folder });
  const listing = await tar("--list", "--verbose", "--gzip", "--file", "mir-www.tar.gz");
  expect(listing.stdout).toMatch(/^-rw-r--r-- 0\/0 +1073741824 1970-01-01 00:00 disk\.raw\n$/);
  await tar("--extract", "--gzip", "--file", "mir-www.tar.gz");
  await serves(folder, "disk.raw", "raw", false);
});
