import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { copyOfExample, mirageOk, repository, run, userEnv } from "../../src/support/mirage.js";

/** Where the libraries are that the program is linked with. */
const root = join(inject("home"), ".local/share/mirage/sysroots/arm64/root");

/** e_machine of elf(5). */
const machineOffset = 18;
const aarch64 = 183;

/** Where the program is reached, and further words of `mirage run`. */
const ways = [
  { target: "--socket", how: ["80"] },
  { target: "--unix", how: ["8080", "--publish", "127.0.0.1:8080:80"] },
];

test.each(ways)("www serves as a process for arm64: $target", async ({ target, how }) => {
  const folder = copyOfExample("www");
  await mirageOk(["configure", target, "--arch", "arm64"], folder);
  await mirageOk(["build"], folder);
  const program = readFileSync(join(folder, "mir-www"));
  expect(program.readUInt16LE(machineOffset)).toBe(aarch64);

  const script = join(repository, "e2e/arm64/linux/serve.sh");
  const command = join(repository, "apps/mirage/bin/mirage.js");
  const emulated = ["--no-sandbox", "--env", `QEMU_LD_PREFIX=${root}`];
  const words = ["--net", "sh", script, command, ...how, ...emulated];
  const { code, stdout, stderr } = await run("unshare", words, { cwd: folder, env: userEnv() });
  expect(code, `${stdout}${stderr}`).toBe(0);
  expect(stdout).toMatch(/^served \d+ files$/m);
});
