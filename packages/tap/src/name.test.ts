import { expect, test } from "vitest";
import { checkName } from "./name.js";

test.each(["tap0", "a", "net-eth1", "x".repeat(15), "été"])("%s is a name", (name) => {
  expect(() => checkName(name, { pattern: false })).not.toThrow();
});

test.each([
  ["", "it is empty"],
  [".", "that is a folder"],
  ["..", "that is a folder"],
  ["x".repeat(16), "it is longer than 15 bytes"],
  ["é".repeat(8), "it is longer than 15 bytes"],
  ["tap 0", "it contains a space"],
  ["tap/0", "it contains a space, `/`"],
  ["tap:0", "`:`"],
  ["tap%d", "it contains `%`"],
  ["all", "the settings of every interface"],
  ["default", "the settings of every interface"],
])("%j isn't: %s", (name, problem) => {
  expect(() => checkName(name, { pattern: false })).toThrow(
    expect.objectContaining({
      code: "ERR_MIRAGE_TAP_NAME",
      message: expect.stringContaining(problem),
    }),
  );
});

test("a pattern has one %d", () => {
  expect(() => checkName("tap%d", { pattern: true })).not.toThrow();
  expect(() => checkName("tap%s", { pattern: true })).toThrow("only stand in one `%d`");
  expect(() => checkName("%d%d", { pattern: true })).toThrow("only stand in one `%d`");
});
