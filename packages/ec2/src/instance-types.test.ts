import { expect, test } from "vitest";
import { checkInstanceType, defaultInstanceType, xenFamilies } from "./instance-types.js";

test("families of Xen are let through", () => {
  for (const family of xenFamilies) checkInstanceType(`${family}.large`);
  checkInstanceType(defaultInstanceType);
});

test.each([
  ["t3.micro", "Nitro"],
  ["m5.large", "Nitro"],
  ["c7g.medium", "Nitro"],
  ["t2g.micro", "Nitro"],
  ["i3.metal", "Nitro"],
  ["m1.small", "first generation"],
  ["t2", "not an instance type"],
  ["", "not an instance type"],
])("`%s` is refused: %s", (type, reason) => {
  expect(() => checkInstanceType(type)).toThrow(reason);
});
