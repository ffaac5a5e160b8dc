import fc from "fast-check";
import { expect, test } from "vitest";
import { vif } from "../../test/arbitraries.js";
import { parseVif, printVif, type Vif } from "./vif.js";

test.each<[string, Vif]>([
  ["", {}],
  ["mac=00:16:3E:74:34:32", { mac: "00:16:3E:74:34:32" }],
  ["mac=00:16:3e:5f:48:e4,bridge=xenbr1", { mac: "00:16:3e:5f:48:e4", bridge: "xenbr1" }],
  [
    "bridge=br0, ip=10.0.0.2,  script=vif-route",
    { bridge: "br0", ip: "10.0.0.2", script: "vif-route" },
  ],
  ["type=vif,model=e1000", { type: "vif", model: "e1000" }],
  ["rate=10Mb/s", { rate: { bytesPerSecond: 1_250_000 } }],
  ["rate=250KB/s", { rate: { bytesPerSecond: 250_000 } }],
  ["rate=1MB/s@20ms", { rate: { bytesPerSecond: 1e6, intervalMicroseconds: 20_000 } }],
  ["rate=8b/s@2", { rate: { bytesPerSecond: 1, intervalMicroseconds: 2e6 } }],
  ["devid=3,mtu=1400,untrusted", { devid: 3, mtu: 1400, trusted: false }],
  ["trusted", { trusted: true }],
  ["netdev=eth0", { gatewaydev: "eth0" }],
  ["bridge=a,bridge=b", { bridge: "b" }],
  ["vlan=3p,x=y=z", { other: { vlan: "3p", x: "y=z" } }],
])("%s", (text, vif) => {
  expect(parseVif(text)).toEqual(vif);
});

test.each([
  ["mac=00:16:3e:00:00", "`00:16:3e:00:00` is not a MAC address"],
  ["mac=zz", "`zz` is not a MAC address"],
  ["mac=01:16:3e:00:00:00", "`01:16:3e:00:00:00` is a multicast address"],
  ["xenbr0", "`xenbr0` is not a parameter of a network interface"],
  ["type=pv", "`type` cannot be `pv`"],
  ["mtu=big", "`mtu` is a number, not `big`"],
  ["rate=10", "`10` is not a rate"],
  ["rate=0B/s", "`0B/s` is not a rate"],
  ["rate=1GB/s@5000s", "`1GB/s@5000s` is not a rate"],
])("%s is refused", (text, message) => {
  expect(() => parseVif(text)).toThrow(
    expect.objectContaining({ code: "ERR_MIRAGE_XL_VIF", message, hint: expect.anything() }),
  );
});

test("what has no place in a string is refused", () => {
  expect(() => printVif({ bridge: "a,b" })).toThrow(/`bridge` cannot be written as `a,b`/);
  expect(() => printVif({ mac: "x" })).toThrow(/MAC address/);
  expect(() => printVif({ rate: { bytesPerSecond: 0 } })).toThrow(/rate/);
});

test("what is printed reads back as the same", () => {
  fc.assert(
    fc.property(vif, (value) => {
      expect(parseVif(printVif(value))).toEqual(value);
    }),
  );
});
