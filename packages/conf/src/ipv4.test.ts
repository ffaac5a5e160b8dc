import { expect, test } from "vitest";
import { broadcastOf, isSame, netmaskOf, networkOf, parseIpv4, prefixLength } from "./ipv4.js";

function address(text: string) {
  const parsed = parseIpv4(text);
  if (parsed === undefined) throw new Error(text);
  return parsed;
}

test("dotted quads, to and fro", () => {
  for (const text of ["0.0.0.0", "10.0.0.1", "192.168.53.254", "255.255.255.255"]) {
    expect(`${address(text)}`).toBe(text);
  }
});

test.each([
  "",
  "1.2.3",
  "1.2.3.4.5",
  "1.2.3.256",
  "01.2.3.4",
  "1.2.3.4 ",
  "1,2,3,4",
  "::1",
  "0x1.2.3.4",
])("%j is none", (text) => {
  expect(parseIpv4(text)).toBeUndefined();
});

test("netmasks and prefix lengths", () => {
  for (let prefix = 0; prefix <= 32; prefix++) expect(prefixLength(netmaskOf(prefix))).toBe(prefix);
  expect(`${netmaskOf(20)}`).toBe("255.255.240.0");
  expect(prefixLength(address("255.0.255.0"))).toBeUndefined();
});

test("network and broadcast address", () => {
  expect(`${networkOf(address("192.168.53.77"), 26)}`).toBe("192.168.53.64");
  expect(`${broadcastOf(address("192.168.53.77"), 26)}`).toBe("192.168.53.127");
  expect(isSame(address("10.0.0.1"), address("10.0.0.1"))).toBe(true);
  expect(isSame(address("10.0.0.1"), address("10.0.0.2"))).toBe(false);
});
