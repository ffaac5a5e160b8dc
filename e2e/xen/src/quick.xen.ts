import { join } from "node:path";
import { expect } from "vitest";
import { builtExample } from "./application.js";
import { mirageRun } from "./mirage-run.js";
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
