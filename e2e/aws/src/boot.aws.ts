import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { copyOfExample, mirageOk, run } from "../../src/support/mirage.js";
import { buildForXen } from "../../xen/src/application.js";
import { onlySnapshot, readBack } from "./support/aws.js";
import { Setting } from "./support/setting.js";

const qemu = "/usr/bin/qemu-system-x86_64";
const grub = ["i386-pc", "x86_64-efi"].map((platform) => `/usr/lib/grub/${platform}`);
const isThere = [qemu, ...grub].every((path) => existsSync(path));
if (!isThere) {
  console.error("skipped: qemu-system-x86, grub-pc-bin or grub-efi-amd64-bin is missing");
}

test("a program with a fixed address is refused, unless that is wanted", async () => {
  const folder = await buildForXen(copyOfExample("www"));
  const setting = await Setting.make();
  const refused = await setting.in(folder, "publish", "ec2", "--dry-run");
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("the fixed address 10.0.0.2");
  expect(refused.stderr).toContain("ip-use-dhcp: true");
  const wanted = await setting.in(folder, "publish", "ec2", "--dry-run", "--static-address");
  expect(wanted.code).toBe(0);
});

test.skipIf(!isThere)(
  "what comes back out of the blocks is the disk to the byte, and boots",
  async () => {
    const folder = await buildForXen(copyOfExample("hello"));
    await mirageOk(["image", "--output", "mir-hello.img"], folder);
    const setting = await Setting.make();
    const { stdout, stderr } = await setting.okIn(folder, "publish", "ec2", "--json");
    const { image } = JSON.parse(stdout);
    const disk = readFileSync(join(folder, "mir-hello.img"));
    const volume = readBack(onlySnapshot(setting.fake.home), disk.length);
    expect(volume.equals(disk), stderr).toBe(true);
    const { tags } = setting.fake.home.images.get(image) ?? {};
    expect(tags).toMatchObject({
      Name: "hello",
      "mirage:kernel": expect.stringMatching(/^[0-9a-f]{64}$/),
      "mirage:version": expect.stringMatching(/^\d+\.\d+\.\d+/),
    });

    const again = join(setting.home, "volume.img");
    writeFileSync(again, volume);
    // SeaBIOS, GRUB and the kernel, as on an instance, but for Xen's devices.
    const machine = "-accel tcg -cpu qemu64,+rdrand -m 64 -nographic -no-reboot -nic none";
    const boot = await run("timeout", [
      ...["120", qemu, ...machine.split(" ")],
      ...["-drive", `file=${again},format=raw,if=ide`],
    ]);
    expect(boot.stdout).toMatch(/hello\r?\nworld/);

    const terraform = await setting.okIn(folder, "publish", "ec2", "--output", "terraform");
    expect(terraform.stdout).toContain(`default     = "${image}"`);
  },
  600_000,
);
