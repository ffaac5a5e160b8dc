import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readlinkSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { CpioArchive } from "./cpio.js";

test("GNU cpio unpacks what was put in", () => {
  const folder = mkdtempSync(join(tmpdir(), "mirage-cpio-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const contents = ["", "1", "22", "333", "4444", "55555"];
  const archive = new CpioArchive().symlink("etc/link", "../usr/bin/program");
  for (const text of contents) archive.file(`files/of/${text.length}`, text);
  archive.file("usr/bin/program", "#!/bin/sh\n", 0o755).directory("private", 0o700);
  execFileSync("cpio", ["-idm", "--quiet", "--no-preserve-owner"], {
    cwd: folder,
    input: archive.bytes(),
  });
  for (const text of contents) {
    expect(readFileSync(join(folder, `files/of/${text.length}`), "utf8")).toBe(text);
  }
  expect(readlinkSync(join(folder, "etc/link"))).toBe("../usr/bin/program");
  expect(statSync(join(folder, "usr/bin/program")).mode & 0o777).toBe(0o755);
  expect(statSync(join(folder, "private")).mode & 0o777).toBe(0o700);
});

test("the same files give the same bytes", () => {
  const archive = () => new CpioArchive().file("a/b", "text").bytes();
  expect(archive().equals(archive())).toBe(true);
});
