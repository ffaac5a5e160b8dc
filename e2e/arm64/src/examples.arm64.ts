import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mirage, startMirage } from "../../src/support/mirage.js";
import { pseudoRandomBytes } from "../../src/support/site.js";
import { readAll } from "../../src/support/stream.js";
import { copyOfGuest } from "../../xen/src/application.js";
import { build, builtExample, builtGuest } from "./built.js";

// quick.arm64.ts has the examples hello and www.

test("app serves its quote", async () => {
  const running = startMirage(["run", "--publish", "127.0.0.1:0:17"], await builtExample("app"));
  const [, port] = await running.says(/127\.0\.0\.1:(\d+)/);
  await running.says(/serves TCP/);
  expect(await readAll(Number(port))).toContain("A unikernel holds what it needs");
  running.child.kill("SIGINT");
  expect((await running.finished).code).toBe(0);
});

test("ping starts its echo, until it is told to stop", async () => {
  const running = startMirage(
    ["run", "--publish", "127.0.0.1:0:7/udp"],
    await builtExample("ping"),
  );
  await running.says(/net: echo on UDP port 7/);
  running.child.kill("SIGINT");
  expect((await running.finished).code).toBe(0);
});

test("what a kernel reads and writes is what the host has on its disks", async () => {
  const folder = copyOfGuest("storage");
  const half = 16 << 20;
  const content = pseudoRandomBytes(half, 16);
  const question = "who goes there?\n".repeat(5000);
  const shell = (command: string) => execFileSync("sh", ["-ec", command], { cwd: folder });
  writeFileSync(join(folder, "raw.img"), Buffer.concat([content, Buffer.alloc(half)]));
  writeFileSync(join(folder, "question.txt"), question);
  shell("mkfs.fat -C fat.img 16384 && mcopy -i fat.img question.txt ::");
  await build(folder);
  const { code, stdout, stderr } = await mirage(["run"], folder);
  expect(code, stderr).toBe(0);
  expect(stdout).toContain(`mirrored ${(2 * half) / 512} sectors`);

  const written = readFileSync(join(folder, "raw.img"));
  expect(written.subarray(0, half).equals(content)).toBe(true);
  expect(written.subarray(half).equals(content.map((octet) => 255 - octet))).toBe(true);
  shell("fsck.fat -n fat.img && mcopy -n -o -i fat.img ::folder/answer.txt answer.txt");
  expect(readFileSync(join(folder, "answer.txt"), "utf8")).toBe(question.toUpperCase());
});

test("a crash is on the console, and is how the command ends", async () => {
  const { code, stdout } = await mirage(
    ["run", "--", "--act=crash"],
    await builtGuest("lifecycle"),
  );
  expect(code).toBe(1);
  expect(stdout).toMatch(/Failure.*on purpose/);
});
