import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { olderLog } from "./bound-log.js";
import { logFile, readLog } from "./log.js";
import { readRecord, recordFile } from "./record.js";

let folder: string;
let elsewhere: string;
beforeEach(() => {
  const root = mkdtempSync(join(tmpdir(), "mirage-instances-"));
  folder = join(root, "www");
  elsewhere = join(root, "elsewhere");
  mkdirSync(folder);
  writeFileSync(elsewhere, "secret\n");
});
afterEach(() => rmSync(join(folder, ".."), { recursive: true }));

async function read(): Promise<string> {
  let text = "";
  for await (const chunk of readLog(logFile(folder))) text += chunk;
  return text;
}

test("a log that is a link or a pipe shows nothing, and keeps nobody waiting", async () => {
  symlinkSync(elsewhere, logFile(folder));
  await expect(read()).rejects.toThrow();
  rmSync(logFile(folder));
  execFileSync("mkfifo", [logFile(folder)]);
  await expect(read()).rejects.toMatchObject({ code: "ERR_MIRAGE_INSTANCE_LOG" });
});

test("nor does the older part of one", async () => {
  writeFileSync(logFile(folder), "new\n");
  symlinkSync(elsewhere, olderLog(logFile(folder)));
  expect(await read()).toBe("new\n");
});

test("a record that is a link or a pipe is none", async () => {
  symlinkSync("/dev/zero", recordFile(folder));
  expect(await readRecord(folder)).toBeUndefined();
  rmSync(recordFile(folder));
  execFileSync("mkfifo", [recordFile(folder)]);
  expect(await readRecord(folder)).toBeUndefined();
});
