import { join } from "node:path";
import { expect } from "vitest";
import { mirageOk } from "../../src/support/mirage.js";
import { builtExample } from "./application.js";
import { mirageRun, startMirageWithHost } from "./mirage-run.js";
import { Guest } from "./rig/guest.js";
import { expectSite } from "./site.js";
import { useRig, xenTest } from "./use-rig.js";

const rig = useRig();

xenTest("hello greets on its console, ends, and is gone", async () => {
  const folder = await builtExample("hello");
  const guest = await Guest.create(rig(), folder);
  await guest.isGone();
  expect(await rig().guestConsole("hello")).toContain("hello\nworld\nhello\nworld\n");

  const running = mirageRun(rig(), folder);
  expect(await running.finished).toMatchObject({ code: 0 });
  expect(running.stdout.replaceAll("\r", "")).toContain("hello\nworld\nhello\nworld\n");
  expect(running.stderr).toContain("hello ended (poweroff)");
});

xenTest("www answers ping, and serves its files byte for byte to the outside", async () => {
  const folder = await builtExample("www");
  const guest = await Guest.create(rig(), folder);
  await rig().answersPing("10.0.0.2");
  await expectSite(join(folder, "htdocs"), await rig().forward("10.0.0.2", 80));
  await guest.reaches(/^b$/);
  await guest.xl("shutdown -w");
  await guest.isGone();

  const running = mirageRun(rig(), folder);
  await running.says(/www is running/);
  await rig().answersPing("10.0.0.2");
  running.child.kill("SIGINT");
  expect((await running.finished).code).toBe(130);
  expect(await rig().run("xl list")).not.toContain("www");
});

xenTest(
  "www runs in the background, is seen here and there, and is stopped from both",
  async () => {
    const folder = await builtExample("www");
    const there = async (...args: string[]) => {
      const outcome = await startMirageWithHost(rig(), args, folder).finished;
      if (outcome.code !== 0) throw new Error(outcome.stderr);
      return outcome.stdout;
    };
    expect(await there("run", "--detach")).toBe("www\n");
    await rig().answersPing("10.0.0.2");
    const [here] = JSON.parse((await mirageOk(["ps", "--json"], folder)).stdout);
    expect(here).toMatchObject({
      name: "www",
      status: "running",
      domain: { name: "www", host: rig().host },
    });
    expect(await there("ps")).toMatch(/^www +\d+ +running for /m);
    expect((await mirageOk(["logs", "www"], folder)).stdout).toContain("www is running");
    await mirageOk(["stop", "www"], folder);
    expect(JSON.parse(await there("ps", "--json"))).toEqual([]);

    // Once nobody follows it from here, its host still knows it.
    expect(await there("run", "--detach")).toBe("www\n");
    const [again] = JSON.parse((await mirageOk(["ps", "--json"], folder)).stdout);
    process.kill(again.pid, "SIGKILL");
    await expect
      .poll(async () => (await mirageOk(["ps"], folder)).stderr)
      .toContain(`mirage ps --host ${rig().host}`);
    expect(await there("logs", "www")).toContain("address 10.0.0.2");
    await there("stop", "www");
    expect(JSON.parse(await there("ps", "--json"))).toEqual([]);
    await mirageOk(["stop", "www"], folder);
  },
);
