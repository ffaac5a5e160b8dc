import { expect } from "vitest";
import { readAll } from "../../src/support/stream.js";
import { builtExample } from "./application.js";
import { Guest } from "./rig/guest.js";
import { useRig, xenTest } from "./use-rig.js";

// quick.xen.ts has the examples hello and www.
const rig = useRig();

/** What comes back of a datagram from dom0: QEMU's restricted network lets no UDP in from outside. */
function echoOf(text: string): Promise<string> {
  const script = `exec 3<>/dev/udp/10.0.0.2/7
printf %s '${text}' >&3
read -r -t 20 -N ${text.length} answer <&3
printf %s "$answer"`;
  return rig().run("bash", script);
}

xenTest("ping answers ICMP, and UDP echo, until it is told to end", async () => {
  const guest = await Guest.create(rig(), await builtExample("ping"));
  await guest.says(/^net: echo on UDP port 7$/m);
  expect(await rig().run("ping -c 10 -W 20 10.0.0.2")).toContain(" 0% packet loss");
  expect(await echoOf("are you there?")).toBe("are you there?");
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
  expect(await echoOf("echo")).toBe("echo");
  await guest.reaches(/^b$/);
  await guest.xl("destroy");
  expect(await guest.state()).toBeUndefined();
});
