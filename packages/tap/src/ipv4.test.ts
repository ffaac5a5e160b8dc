import fc from "fast-check";
import { expect, test } from "vitest";
import { formatAddress, parseAddress } from "./ipv4.js";

test("an address that is printed parses to itself", () => {
  const addresses = fc.record(
    { address: fc.ipV4(), prefix: fc.integer({ min: 0, max: 32 }), peer: fc.ipV4() },
    { requiredKeys: ["address", "prefix"], noNullPrototype: true },
  );
  fc.assert(
    fc.property(addresses, (address) => {
      expect(parseAddress(formatAddress(address))).toEqual(address);
    }),
  );
});

test.each([
  "10.0.0.1",
  "10.0.0.1/",
  "10.0.0.1/33",
  "10.0.0/24",
  "fe80::1/64",
  "10.0.0.1/2/4",
  "10.0.0.1 peer /32",
  "",
])("%j is refused", (text) => {
  expect(() => parseAddress(text)).toThrow(
    expect.objectContaining({ code: "ERR_MIRAGE_TAP_ADDRESS" }),
  );
});
