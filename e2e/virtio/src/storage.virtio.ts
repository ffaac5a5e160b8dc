import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { pseudoRandomBytes } from "../../src/support/site.js";
import { buildForXen, copyOfGuest } from "../../xen/src/application.js";
import { type Board, boards, Machine, virtioTest } from "./machine.js";

virtioTest("what a guest reads and writes is what the host has on its disks", async () => {
  const folder = copyOfGuest("storage");
  const half = 16 << 20;
  const content = pseudoRandomBytes(half, 16);
  const question = "who goes there?\n".repeat(5000);
  writeFileSync(join(folder, "question.txt"), question);
  const shell = (command: string) => execFileSync("sh", ["-ec", command], { cwd: folder });
  await buildForXen(folder);
  for (const board of Object.keys(boards) as Board[]) {
    writeFileSync(join(folder, "raw.img"), Buffer.concat([content, Buffer.alloc(half)]));
    shell("rm -f fat.img && mkfs.fat -C fat.img 16384 && mcopy -i fat.img question.txt ::");
    const disks = ["raw.img", "fat.img"].map((name) => join(folder, name));
    const machine = await Machine.start(board, folder, { disks });
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
