import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { pseudoRandomBytes } from "../../src/support/site.js";
import { buildForXen, copyOfGuest } from "./application.js";
import { Guest } from "./rig/guest.js";
import { useRig, xenTest } from "./use-rig.js";

const rig = useRig();

xenTest("what a guest reads and writes is what dom0 has on its disks", async () => {
  const folder = copyOfGuest("storage");
  const half = 16 << 20;
  const content = pseudoRandomBytes(half, 16);
  writeFileSync(join(folder, "raw.img"), Buffer.concat([content, Buffer.alloc(half)]));
  const question = "who goes there?\n".repeat(5000);
  writeFileSync(join(folder, "question.txt"), question);
  const shell = (command: string) => execFileSync("sh", ["-ec", command], { cwd: folder });
  shell("mkfs.fat -C fat.img 16384 && mcopy -i fat.img question.txt ::");
  await buildForXen(folder);

  const guest = await Guest.create(rig(), folder);
  await guest.says(/^answered$/m);
  expect(await rig().guestConsole("storage")).toContain(`mirrored ${(2 * half) / 512} sectors\n`);
  await guest.isGone();

  const sum = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
  const sumInDom0 = async (part: string) =>
    (await rig().run(`${part} -c ${half} ${guest.folder}/raw.img | sha256sum`)).split(" ")[0];
  expect(await sumInDom0("head")).toBe(sum(content));
  expect(await sumInDom0("tail")).toBe(sum(content.map((octet) => 255 - octet) as Buffer));

  writeFileSync(join(folder, "fat.img"), await rig().read(`${guest.folder}/fat.img`));
  shell("fsck.fat -n fat.img && mcopy -i fat.img ::folder/answer.txt answer.txt");
  expect(readFileSync(join(folder, "answer.txt"), "utf8")).toBe(question.toUpperCase());
});

xenTest("what a guest discards takes no room in dom0 any more", async () => {
  const folder = copyOfGuest("discard");
  const half = 4 << 20;
  writeFileSync(join(folder, "disk.img"), Buffer.alloc(2 * half, "x"));
  await buildForXen(folder);
  const guest = await Guest.create(rig(), folder);
  await guest.says(/^discarded$/m);
  await guest.isGone();
  const file = `${guest.folder}/disk.img`;
  expect(await rig().run(`head -c ${half} ${file} | tr -d x | wc -c`)).toBe("0\n");
  expect(await rig().run(`tail -c ${half} ${file} | tr -d '\\0' | wc -c`)).toBe("0\n");
  expect(Number(await rig().run(`du -k ${file} | cut -f 1`))).toBeLessThanOrEqual(half / 1024 + 64);
});
