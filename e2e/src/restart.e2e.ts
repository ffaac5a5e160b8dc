import { execFileSync } from "node:child_process";
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { mirage, mirageOk, repository, startMirage, temporaryFolder } from "./support/mirage.js";

let folder: string;
beforeAll(async () => {
  const jobs: (() => void)[] = [];
  folder = temporaryFolder((job) => jobs.push(job));
  cpSync(join(repository, "e2e/xen/guests/lifecycle"), folder, { recursive: true });
  await mirageOk(["configure", "--socket"], folder);
  await mirageOk(["build"], folder);
  return () => {
    for (const job of jobs) job();
  };
});

test("what fails is started again, so often; what is stopped is not", async () => {
  const failing = ["run", "--restart", "on-failure:2", "--", "--act=crash"];
  const { code, stderr } = await mirage(failing, folder);
  expect(code).toBe(1);
  expect(stderr.match(/is started again/g)?.length).toBe(2);
  expect(stderr.match(/the unikernel runs/g)?.length).toBe(3);

  await mirageOk(["run", "--detach", "--restart", "always", "--", "--act=stay"], folder);
  const [instance] = JSON.parse((await mirageOk(["inspect", "lifecycle"], folder)).stdout);
  expect(instance).toMatchObject({ name: "lifecycle", status: "running", target: "unix-socket" });
  await mirageOk(["stop", "lifecycle"], folder);
  expect((await mirageOk(["logs", "lifecycle"], folder)).stdout).not.toContain("started again");
  await mirageOk(["rm", "lifecycle"], folder);
});

test("a stop during the pause ends it", async () => {
  const running = startMirage(["run", "--restart", "always", "--", "--act=crash"], folder);
  await running.says(/is started again in 2 s/);
  running.child.kill("SIGTERM");
  expect((await running.finished).code).toBe(1);
  expect((await mirage(["run", "--restart", "sometimes"], folder)).code).toBe(2);
});

test("the unit of systemd is one, and its command runs", async () => {
  const words = ["service", "--name", "life", "--", "--act", "it's $HOME 100%"];
  const { stdout } = await mirageOk(words, folder);
  const file = join(folder, "life.service");
  writeFileSync(file, stdout);
  execFileSync("systemd-analyze", ["verify", "--man=no", file], { stdio: "pipe" });
  expect(stdout).toContain(`WorkingDirectory=${folder}\n`);
  expect(stdout).toContain(`-- --act "it's $$HOME 100%%"\n`);
});
