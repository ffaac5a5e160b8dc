import { parseConf } from "@mirage/conf";
import { targets } from "@mirage/types";
import { expect, test } from "vitest";
import { networkDevices } from "./networks.js";

function devicesOf(text: string, flag = "--unix") {
  const { configuration } = parseConf(text, "app.conf");
  const target = targets.find((candidate) => candidate.flag === flag);
  if (!configuration || !target) throw new Error("the test's own input is wrong");
  return networkDevices(configuration, target);
}

test.each([
  ["main-noip: M.f", []],
  ["main-ip: M.f", [{ device: "net" }]],
  ["main-ip: M.f\nnet-eth1: tap1", [{ device: "net" }, { device: "eth1", tap: "tap1" }]],
  ["main-http: M.f\nhttp-port: 80\nhttp-address: *", [{ device: "net" }]],
  ["main-app: M.Main (console, clock)", []],
  ["main-app: M.Main (stack)", [{ device: "net" }]],
  [
    "main-app: M.Main (eth1, net)\nnet-eth1: tap1",
    [{ device: "eth1", tap: "tap1" }, { device: "net" }],
  ],
])("%s", (text, devices) => {
  expect(devicesOf(text)).toEqual(devices);
});

test("sockets need no device", () => {
  expect(devicesOf("main-app: M.Main (stack)", "--socket")).toEqual([]);
});

test("a stack in JavaScript opens its device by itself", () => {
  expect(devicesOf("main-app: M.Main (stack)", "--js")).toEqual([{ device: "net" }]);
  expect(devicesOf("main-app: M.Main (net, stack)", "--js")).toEqual([{ device: "net" }]);
  expect(devicesOf("main-noip: M.f", "--js")).toEqual([]);
});
