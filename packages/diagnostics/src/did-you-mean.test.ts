import { expect, test } from "vitest";
import { didYouMean, editDistance } from "./did-you-mean.js";

const keys = ["ip-address", "ip-netmask", "ip-gateway", "main-http"];

test.each([
  ["ip-adress", "ip-address"],
  ["ip-addrses", "ip-address"],
  ["IP-NETMASK", "ip-netmask"],
  ["mainhttp", "main-http"],
])("%s suggests %s", (typed, meant) => {
  expect(didYouMean(typed, keys)).toBe(meant);
});

test("a word that is near to none suggests nothing", () => {
  expect(didYouMean("flavour", keys)).toBeUndefined();
  expect(didYouMean("x", ["y-long-name"])).toBeUndefined();
});

test("swapped neighbours count once", () => {
  expect(editDistance("abcd", "abdc")).toBe(1);
  expect(editDistance("", "abc")).toBe(3);
  expect(editDistance("kitten", "sitting")).toBe(3);
});
