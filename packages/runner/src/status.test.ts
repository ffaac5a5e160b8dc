import { expect, test } from "vitest";
import { parseStatus } from "./status.js";

test.each([
  ["address 10.0.0.2", { type: "network-up", address: "10.0.0.2" }],
  ["listen tcp 80", { type: "serving", protocol: "tcp", port: 80 }],
  ["listen udp 53\r", { type: "serving", protocol: "udp", port: 53 }],
  ["ready", { type: "ready" }],
  ["listen sctp 80", undefined],
  ["listen tcp", undefined],
  ["temperature 12", undefined],
  ["", undefined],
])("%j", (line, event) => {
  expect(parseStatus(line)).toEqual(event);
});
