import { describe, expect, test } from "vitest";
import { deviceKinds } from "./device-kinds.js";
import type { Driver, Target } from "./target.js";
import { targets } from "./targets.js";

const everyTarget: readonly Target[] = targets;

test("names and options tell targets apart", () => {
  expect(new Set(everyTarget.map(({ name }) => name)).size).toBe(everyTarget.length);
  expect(new Set(everyTarget.map(({ flag }) => flag)).size).toBe(everyTarget.length);
});

describe.each(everyTarget.map((target) => [target.name, target] as const))("%s", (_, target) => {
  const drivers = Object.entries(target.drivers) as [string, Driver][];

  test.each(drivers)(
    "the device %s gives the application what its kind promises",
    (name, driver) => {
      const kind = deviceKinds.find((kind) => kind.name === name);
      expect(kind?.value).toBe(driver.value !== undefined);
      const sources = [driver.connect, driver.binding].filter((source) => source !== undefined);
      expect(sources).toHaveLength(driver.value === undefined ? 0 : 1);
    },
  );

  test("has no device for a network that it does not reach", () => {
    const names = ["net", "network", "stack"].filter((name) => name in target.drivers);
    if (target.run.network === "none") expect(names).toEqual([]);
    else expect(names).toContain("stack");
  });

  test.each(drivers)("the devices below %s are there", (_, driver) => {
    for (const below of driver.needs ?? []) expect(target.drivers).toHaveProperty(below);
  });
});
