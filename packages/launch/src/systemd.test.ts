import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { systemdUnit } from "./systemd.js";

const command = ["/bin/echo", "run", "it's 100 %", "$HOME", 'a "b" \\ c', "", "--x=y"];

test("every word stays what it is", () => {
  const unit = systemdUnit({
    description: "50 %",
    command,
    directory: "/srv/a b",
    after: [],
    patience: 10,
  });
  expect(unit).toContain("Description=50 %%\n");
  expect(unit).toContain("WorkingDirectory=/srv/a b\n");
  expect(unit).toContain(
    `ExecStart=/bin/echo run "it's 100 %%" $$HOME "a \\"b\\" \\\\ c" "" --x=y\n`,
  );
});

const hasAnalyze = spawnSync("systemd-analyze", ["--version"]).status === 0;

test.runIf(hasAnalyze)("systemd takes it", () => {
  const folder = mkdtempSync(join(tmpdir(), "mirage-systemd-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "www.service");
  const request = { description: "www", command, directory: "/", after: [], patience: 10 };
  writeFileSync(file, systemdUnit(request));
  const verify = () =>
    execFileSync("systemd-analyze", ["verify", "--man=no", file], { stdio: "pipe" });
  expect(verify).not.toThrow();
  writeFileSync(file, systemdUnit({ ...request, command: ["echo-that-is-not-there"] }));
  expect(verify).toThrow();
});
