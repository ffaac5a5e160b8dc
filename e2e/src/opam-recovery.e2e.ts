import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { copyOfExample, startMirage, temporaryFolder } from "./support/mirage.js";

/** Words that give a command a home of its own, so that everything has to be set up in it. */
function inNewHome(): { home: string; prefix: readonly string[] } {
  const home = temporaryFolder();
  return { home, prefix: ["env", `HOME=${home}`] };
}

test("a mirage that is killed while opam builds: the next one finishes the work", async () => {
  const { prefix } = inNewHome();
  const folder = copyOfExample("hello");
  const first = startMirage(["configure"], folder, prefix);
  await first.says(/building mirage-/);
  first.child.kill("SIGKILL");
  await first.finished;

  const second = await startMirage(["configure"], folder, prefix).finished;
  expect(second.stderr).toContain("hello is configured");
  expect(second.code).toBe(0);
});

test("two at once: one waits for the other, and both succeed", async () => {
  const { prefix } = inNewHome();
  const first = startMirage(["configure"], copyOfExample("hello"), prefix);
  await first.says(/create the opam switch/);
  const second = startMirage(["configure"], copyOfExample("hello"), prefix);
  await second.says(/waiting for another mirage \(process \d+\)/);
  expect([(await first.finished).code, (await second.finished).code]).toEqual([0, 0]);
});

test("interrupted while opam is at work: it ends, and leaves no opam behind", async () => {
  const { home, prefix } = inNewHome();
  const folder = copyOfExample("hello");
  const first = startMirage(["configure"], folder, prefix);
  await first.says(/create the opam switch/);
  first.child.kill("SIGINT");
  expect((await first.finished).code).not.toBe(0);
  const { stdout } = spawnSync("pgrep", ["-af", home], { encoding: "utf8" });
  expect(stdout).toBe("");
  expect((await startMirage(["configure"], folder, prefix).finished).code).toBe(0);
});

test("without opam: the command that brings it", async () => {
  const { home, prefix } = inNewHome();
  mkdirSync(join(home, "bin"));
  symlinkSync("/usr/bin/apt-cache", join(home, "bin", "apt-cache"));
  const path = [...prefix, `PATH=${join(home, "bin")}`];
  const { code, stderr } = await startMirage(["configure"], copyOfExample("hello"), path).finished;
  expect(stderr).toContain("opam is not installed");
  expect(stderr).toMatch(/apt-get install -y --no-install-recommends opam/);
  expect(code).toBe(1);
});

const canMount = spawnSync("unshare", ["--mount", "true"]).status === 0;

test.skipIf(!canMount)("a full disk (skipped without the right to mount)", async () => {
  const { home, prefix } = inNewHome();
  const script = 'mount -t tmpfs -o size=8m tmpfs "$1" && shift && exec "$@"';
  const onSmallDisk = ["unshare", "--mount", "sh", "-c", script, "sh", home, ...prefix];
  const { code, stderr } = await startMirage(["configure"], copyOfExample("hello"), onSmallDisk)
    .finished;
  expect(stderr).toMatch(/only \d+ MB are free on the disk of/);
  expect(stderr).toContain("XDG_DATA_HOME");
  expect(code).toBe(1);
});
