import { expect, test } from "vitest";
import { formatMac, parseMac } from "./mac.js";

test("a MAC address is printed as it was written", () => {
  expect(formatMac(parseMac("02:00:5E:10:0a:01"))).toBe("02:00:5e:10:0a:01");
});

test.each([
  ["02:00:5e:10:00", "isn't a MAC address"],
  ["0200.5e10.0001", "isn't a MAC address"],
  ["02:00:5e:10:00:0g", "isn't a MAC address"],
  ["01:00:5e:00:00:01", "is a multicast address"],
])("%s %s", (text, problem) => {
  expect(() => parseMac(text)).toThrow(
    expect.objectContaining({ code: "ERR_MIRAGE_TAP_MAC", message: `\`${text}\` ${problem}` }),
  );
});
