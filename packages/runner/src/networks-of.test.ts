import { parseConf } from "@mirage/conf";
import { expect, test } from "vitest";
import { networksOf } from "./networks-of.js";

const net = {
  device: "net",
  addressing: {
    kind: "static",
    address: "10.0.0.2",
    netmask: "255.255.255.0",
    gateway: "10.0.0.1",
  },
};

test.each([
  ["main-noip needs none", "main-noip: M.f", []],
  ["main-noip with an address builds its own stack", "main-noip: M.f\nip-address: 10.0.0.2", [net]],
  ["main-ip has the default device", "main-ip: M.f", [net]],
  ["main-app with a console needs none", "main-app: M.F (console)", []],
  ["main-app with a stack has the default device", "main-app: M.F (console, stack)", [net]],
  [
    "DHCP is passed on",
    "main-ip: M.f\nip-use-dhcp: true",
    [{ device: "net", addressing: { kind: "dhcp" } }],
  ],
  [
    "further devices have their TAP",
    "main-app: M.F (net, wan)\nnet-wan: tap7",
    [net, { device: "wan", tap: "tap7" }],
  ],
])("%s", (_, text, networks) => {
  const { configuration } = parseConf(text, "test.conf");
  if (!configuration) throw new Error("not a valid .conf file");
  expect(networksOf(configuration)).toEqual(networks);
});
