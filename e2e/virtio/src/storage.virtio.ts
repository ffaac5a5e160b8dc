import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { mirageOk } from "../../src/support/mirage.js";
import { pseudoRandomBytes } from "../../src/support/site.js";
import { buildForXen, copyOfGuest } from "../../xen/src/application.js";
import { type Board, Machine, type MachineOptions, virtioTest } from "./machine.js";

virtioTest("what a guest reads and writes is what the host has on its disks", async () => {
  const folder = copyOfGuest("storage");
  const half = 16 << 20;
  const content = pseudoRandomBytes(half, 16);
  const question = "who goes there?\n".repeat(5000);
  writeFileSync(join(folder, "question.txt"), question);
  const shell = (command: string) => execFileSync("sh", ["-ec", command], { cwd: folder });
  await buildForXen(folder);
  await mirageOk(["image"], folder);
  const boot = { image: join(folder, "mir-storage.img"), format: "raw" };
  // The disk that a machine starts from is its first one, and none of the program's.
  const machines: [Board, MachineOptions][] = [
    ["q35", {}],
    ["microvm", {}],
    ["q35", { disk: boot }],
  ];
  for (const [board, from] of machines) {
    writeFileSync(join(folder, "raw.img"), Buffer.concat([content, Buffer.alloc(half)]));
    shell("rm -f fat.img && mkfs.fat -C fat.img 16384 && mcopy -i fat.img question.txt ::");
    const disks = ["raw.img", "fat.img"].map((name) => join(folder, name));
    const machine = await Machine.start(board, folder, { ...from, disks });
    expect(await machine.ends(), board).toBe(0);
    expect(machine.console, board).toContain(`mirrored ${(2 * half) / 512} sectors\n`);

    const written = readFileSync(join(folder, "raw.img"));
    expect(written.subarray(0, half).equals(content), board).toBe(true);
    const mirrored = content.map((octet) => 255 - octet);
    expect(written.subarray(half).equals(mirrored), board).toBe(true);
    shell("fsck.fat -n fat.img && mcopy -n -o -i fat.img ::folder/answer.txt answer.txt");
    expect(readFileSync(join(folder, "answer.txt"), "utf8")).toBe(question.toUpperCase());
  }
});
