import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { checkLog, openLog } from "./log.js";

test("a log that is a link is refused before there is anything to write", () => {
  const scratch = mkdtempSync(join(tmpdir(), "mirage-log-"));
  onTestFinished(() => rmSync(scratch, { recursive: true, force: true }));
  const folder = join(scratch, "app");
  const path = join(folder, ".mirage/opam.log");
  checkLog(path, folder);
  expect(readdirSync(scratch)).toEqual([]);
  mkdirSync(join(folder, ".mirage"), { recursive: true });
  checkLog(path, folder);
  expect(readdirSync(join(folder, ".mirage"))).toEqual([]);
  writeFileSync(join(scratch, "mine"), "precious");
  symlinkSync("../../mine", path);
  for (const act of [checkLog, openLog]) {
    expect(() => act(path, folder)).toThrow(/opam\.log is a symbolic link/);
  }
  expect(readFileSync(join(scratch, "mine"), "utf8")).toBe("precious");
});
