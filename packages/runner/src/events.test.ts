import { expect, test } from "vitest";
import { describeEvent, type RunEvent } from "./events.js";

const published = {
  type: "published",
  protocol: "tcp",
  host: "127.0.0.1",
  hostPort: 8081,
  port: 80,
} as const;

test.each<[RunEvent, string]>([
  [{ type: "starting", binary: "/app/mir-www" }, "starting mir-www"],
  [published, "127.0.0.1:8081 leads to TCP port 80 of the unikernel"],
  [
    { ...published, takenPort: 8080 },
    "port 8080 is taken, so 127.0.0.1:8081 leads to TCP port 80 of the unikernel",
  ],
  [{ type: "namespace", user: true }, "made a private network, without privileges"],
  [
    { type: "tap", device: "net", tap: "tap0", mac: "02:00:00:00:00:01", host: "10.0.0.1/24" },
    "opened tap0 for the device net, this machine's side has 10.0.0.1/24",
  ],
  [
    { type: "tap", device: "eth1", tap: "wan", mac: "02:00:00:00:00:01" },
    "opened wan for the device eth1",
  ],
  [
    { type: "network-up", address: "10.0.0.2" },
    "the unikernel's network is up with the address 10.0.0.2",
  ],
  [{ type: "serving", protocol: "tcp", port: 80 }, "the unikernel serves TCP port 80"],
  [
    { type: "refused", port: 81, reason: "nothing listens there" },
    "the unikernel doesn't answer on TCP port 81: nothing listens there",
  ],
  [{ type: "warning", message: "careful", hint: "do this" }, "careful (do this)"],
  [
    { type: "stopping", signal: "SIGINT", graceMs: 5000 },
    "sent SIGINT to the unikernel, which has 5 s to end",
  ],
  [{ type: "killing", reason: "asked-again" }, "asked again, so the unikernel is killed at once"],
  [{ type: "exited", code: 3, signal: null }, "the unikernel ended with exit code 3"],
  [{ type: "exited", code: null, signal: "SIGKILL" }, "the unikernel was ended by SIGKILL"],
])("%j", (event, sentence) => {
  expect(describeEvent(event)).toBe(sentence);
});
