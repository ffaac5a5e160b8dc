import { afterEach, expect, test } from "vitest";
import type { FramePort } from "../frame-port.js";
import { VirtualSwitch } from "../virtual-switch.js";
import { answerDhcp } from "./dhcp.js";
import { ipAt } from "./packets.js";
import { Station, type StationOptions } from "./station.js";

let net = new VirtualSwitch();
afterEach(() => {
  net.close();
  net = new VirtualSwitch();
});

function station(options: StationOptions): Station {
  return new Station(net.cable() as unknown as FramePort, options);
}

test("stations find each other, and answer echo requests", async () => {
  const one = station({ address: "10.0.0.1" });
  station({ address: "10.0.0.2" });
  expect(await one.ping("10.0.0.2")).toBeGreaterThanOrEqual(0);
});

test("datagrams arrive whole, odd lengths too", async () => {
  const one = station({ address: "10.0.0.1" });
  const two = station({ address: "10.0.0.2" });
  const arrived = new Promise((resolve) => {
    two.listenUdp(7, (source, port, data) => resolve({ source, port, data: [...data] }));
  });
  await one.sendUdp(9, "10.0.0.2", 7, Uint8Array.of(1, 2, 3));
  expect(await arrived).toEqual({ source: "10.0.0.1", port: 9, data: [1, 2, 3] });
});

const lease = { address: "10.0.0.2", netmask: "255.255.255.0", gateway: "10.0.0.1" };

/** A message of a client: its type, and the address that it asks for. */
function question(type: number, ...options: number[]): Uint8Array {
  const message = new Uint8Array(300);
  message[0] = 1;
  message.set([1, 2, 3, 4], 4);
  message.set([99, 130, 83, 99, 53, 1, type, ...options, 255], 236);
  return message;
}

test.each([
  ["a discovery gets the offer", question(1), 2],
  ["a request for it is acknowledged", question(3, 50, 4, 10, 0, 0, 2), 5],
  ["a request for another one is refused", question(3, 50, 4, 10, 0, 0, 9), 6],
])("DHCP: %s", (_, message, type) => {
  const answer = answerDhcp(message, lease, "10.0.0.1")?.message ?? new Uint8Array(0);
  expect([...answer.subarray(4, 8)]).toEqual([1, 2, 3, 4]);
  expect([...answer.subarray(240, 243)]).toEqual([53, 1, type]);
  expect(ipAt(answer, 16)).toBe(type === 6 ? "0.0.0.0" : "10.0.0.2");
});

test("DHCP: what is no question gets no answer", () => {
  expect(answerDhcp(question(8), lease, "10.0.0.1")).toBeUndefined();
  expect(answerDhcp(new Uint8Array(10), lease, "10.0.0.1")).toBeUndefined();
});
