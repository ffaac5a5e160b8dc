import { join } from "node:path";
import { expect } from "vitest";
import { mirageOk } from "../../src/support/mirage.js";
import { builtExample, builtGuest } from "./application.js";
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
  expect(await running.finished).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("hello ended (poweroff)"),
  });
  expect(running.stdout.replaceAll("\r", "")).toContain("hello\nworld\nhello\nworld\n");
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

xenTest("told is told its address, port and a text when it starts", async () => {
  const folder = await builtGuest("told");
  const told = ["--env", "ARGUMENT_GREETING=a \"b\" 'c'", "--", "--ip-address=10.0.0.9"];
  const running = startMirageWithHost(rig(), ["run"], folder, [...told, "--http-port", "8080"]);
  await running.says(/told is running/);
  await rig().answersPing("10.0.0.9");
  const port = await rig().forward("10.0.0.9", 8080);
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("a \"b\" 'c'");
  running.child.kill("SIGINT");
  expect((await running.finished).code).toBe(130);
});

xenTest("ping runs in the background, is seen and stopped, from here and there", async () => {
  const folder = await builtExample("ping");
  const there = async (...args: string[]) => {
    const outcome = await startMirageWithHost(rig(), args, folder).finished;
    if (outcome.code !== 0) throw new Error(outcome.stderr);
    return outcome.stdout;
  };
  const here = async (...args: string[]) => (await mirageOk(args, folder)).stdout;
  expect(await there("run", "--detach")).toBe("ping\n");
  await rig().answersPing("10.0.0.2");
  const [instance] = JSON.parse(await here("ps", "--json"));
  expect(instance).toMatchObject({
    name: "ping",
    status: "running",
    domain: { name: "ping", host: rig().host },
  });
  expect(await there("ps")).toMatch(/^ping +\d+ +running for /m);
  expect(await here("logs", "ping")).toContain("net: echo on UDP port 7");
  await here("stop", "ping");
  expect(JSON.parse(await there("ps", "--json"))).toEqual([]);

  // One that was started there, and whose console nobody has read yet.
  const guest = await Guest.create(rig(), folder);
  await rig().answersPing("10.0.0.2");
  expect(await there("logs", "ping")).toContain("net: echo on UDP port 7");
  await there("stop", "ping");
  await guest.isGone();

  // Once the process that follows it is killed, its host still knows it.
  expect(await there("run", "--detach")).toBe("ping\n");
  const [again] = JSON.parse(await here("ps", "--json"));
  process.kill(again.pid, "SIGKILL");
  await expect
    .poll(async () => (await mirageOk(["ps"], folder)).stderr)
    .toContain(`mirage ps --host ${rig().host}`);
  await there("stop", "--kill", "ping");
  expect(JSON.parse(await there("ps", "--json"))).toEqual([]);
  await here("stop", "ping");
});
