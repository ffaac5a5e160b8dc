import { expect } from "vitest";
import { exchange } from "../../src/support/datagram.js";
import { readAll } from "../../src/support/stream.js";
import { builtExample } from "./application.js";
import { Guest } from "./rig/guest.js";
import { useRig, xenTest } from "./use-rig.js";

// quick.xen.ts has the examples hello and www.
const rig = useRig();

xenTest("ping answers ICMP, and UDP echo to the outside, until it is told to end", async () => {
  const guest = await Guest.create(rig(), await builtExample("ping"));
  await guest.says(/^net: echo on UDP port 7$/m);
  expect(await rig().run("ping -c 10 -W 20 10.0.0.2")).toContain(" 0% packet loss");
  const port = await rig().forward("10.0.0.2", 7, "udp");
  expect(await exchange(port, "are you there?")).toBe("are you there?");
  await guest.reaches(/^b$/);
  await guest.xl("shutdown -w");
  await guest.isGone();
});

xenTest("app serves its quote over TCP and echoes UDP, until it is destroyed", async () => {
  const guest = await Guest.create(rig(), await builtExample("app"));
  await guest.says(/^ready$/m);
  await rig().answersPing("10.0.0.2");
  const port = await rig().forward("10.0.0.2", 17);
  expect(await readAll(port)).toContain("A unikernel holds what it needs");
  await guest.says(/^quote for 10\.0\.0\.254:\d+$/m);
  expect(await exchange(await rig().forward("10.0.0.2", 7, "udp"), "echo")).toBe("echo");
  await guest.reaches(/^b$/);
  await guest.xl("destroy");
  expect(await guest.state()).toBeUndefined();
});
