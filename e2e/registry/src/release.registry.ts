import { expect, inject, test } from "vitest";
import { repository } from "../../src/support/mirage.js";
import { publicPackages, versionsIn } from "./support/packages.js";

const packages = publicPackages(repository).map(({ manifest }) => manifest);

/** Names of the packages that need `name`, at first or second hand. */
function dependentsOf(name: string): string[] {
  const direct = packages.filter(({ dependencies }) => dependencies?.[name] !== undefined);
  const names = direct.map((manifest) => manifest.name);
  return [...new Set([...names, ...names.flatMap(dependentsOf)])];
}

test("a change in one package is a new version of it and of what depends on it, no more", () => {
  const before = versionsIn(repository);
  const released = Object.entries(inject("firstRelease"));
  const changed = released.filter(([name, version]) => version !== before[name]);
  const expected = ["@mirage/diagnostics", ...dependentsOf("@mirage/diagnostics")];
  expect(changed.map(([name]) => name).sort()).toEqual(expected.sort());
  expect(expected).toContain("@mirage/cli");
  expect(expected).not.toContain("@mirage/runtime-net");
});
