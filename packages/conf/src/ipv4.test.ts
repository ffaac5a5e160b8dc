import { expect, test } from "vitest";
import { broadcastOf, formatIpv4, netmaskOf, networkOf, parseIpv4, prefixLength } from "./ipv4.js";

test("dotted quads, to and fro", () => {
  for (const text of ["0.0.0.0", "10.0.0.1", "192.168.53.254", "255.255.255.255"]) {
    expect(formatIpv4(parseIpv4(text) ?? -1)).toBe(text);
  }
});

test.each(["", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4 ", "1,2,3,4", "::1"])(
  "%j is none",
  (text) => {
    expect(parseIpv4(text)).toBeUndefined();
  },
);

test("netmasks and prefix lengths", () => {
  for (let prefix = 0; prefix <= 32; prefix++) expect(prefixLength(netmaskOf(prefix))).toBe(prefix);
  expect(formatIpv4(netmaskOf(20))).toBe("255.255.240.0");
  expect(prefixLength(parseIpv4("255.0.255.0") ?? 0)).toBeUndefined();
});

test("network and broadcast address", () => {
  const address = parseIpv4("192.168.53.77") ?? 0;
  expect(formatIpv4(networkOf(address, netmaskOf(26)))).toBe("192.168.53.64");
  expect(formatIpv4(broadcastOf(address, netmaskOf(26)))).toBe("192.168.53.127");
});
