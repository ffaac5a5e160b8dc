import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { mirage, mirageOk, Running } from "../../src/support/mirage.js";
import { expectSite } from "../../xen/src/site.js";
import { builtExample } from "./built.js";

/** Debian's package qemu-efi-aarch64. */
const firmware = "/usr/share/qemu-efi-aarch64/QEMU_EFI.fd";

/** A machine that UEFI starts from a disk; the guest's network ends at this process. */
function boot(machine: string, disk: string, forward = ""): Running {
  const running = new Running(
    "qemu-system-aarch64",
    [
      ...["-accel", "tcg", "-M", machine, "-cpu", "max", "-m", "128M", "-bios", firmware],
      ...["-nodefaults", "-display", "none", "-serial", "stdio", "-no-reboot"],
      ...[
        "-drive",
        `if=none,id=d,format=raw,snapshot=on,file=${disk}`,
        "-device",
        "virtio-blk-pci,drive=d",
      ],
      ...["-netdev", `user,id=n,net=10.0.0.0/24,host=10.0.0.1,restrict=on${forward}`],
      ...["-device", "virtio-net-pci,netdev=n"],
    ],
    {},
  );
  onTestFinished(async () => {
    running.child.kill("SIGKILL");
    await running.finished;
  });
  return running;
}

test("UEFI starts www from its disk, with the command line that the disk has", async () => {
  const folder = await builtExample("www");
  const disk = join(folder, "mir-www.img");
  await mirageOk(["image", "--append", "ip=10.0.0.9::10.0.0.1:255.255.255.0"], folder);
  const port = 20_000 + (process.pid % 10_000);
  const running = boot("virt,acpi=off", disk, `,hostfwd=tcp:127.0.0.1:${port}-10.0.0.9:80`);
  await running.says(/starting Boot0001/);
  await expect
    .poll(() => fetch(`http://127.0.0.1:${port}/`).then(({ status }) => status, String), {
      timeout: 300_000,
    })
    .toBe(200);
  await expectSite(join(folder, "htdocs"), port);

  running.child.kill("SIGKILL");
  const unknown = boot("virt", disk);
  await unknown.says(/The kernel needs a device tree/);

  const { code, stderr } = await mirage(["publish", "ec2", "--region", "eu-west-1"], folder);
  expect(code).toBe(1);
  expect(stderr).toContain("Graviton");
});
