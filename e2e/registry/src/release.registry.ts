import { join, relative } from "node:path";
import { expect, inject, test } from "vitest";
import { repository } from "../../src/support/mirage.js";
import { publicPackages, readManifest } from "./support/packages.js";

const released = publicPackages(inject("workspace"));

/** Names of the packages that need `name`, at first or second hand. */
function dependentsOf(name: string): string[] {
  const direct = released.filter(({ manifest }) => manifest.dependencies?.[name] !== undefined);
  const names = direct.map(({ manifest }) => manifest.name);
  return [...new Set([...names, ...names.flatMap(dependentsOf)])];
}

test("a change in one package is a new version of it and of what depends on it, no more", () => {
  const changed = released.filter(({ folder, manifest }) => {
    const original = join(repository, relative(inject("workspace"), folder));
    return readManifest(original).version !== manifest.version;
  });
  const expected = ["@mirage/diagnostics", ...dependentsOf("@mirage/diagnostics")];
  expect(changed.map(({ manifest }) => manifest.name).sort()).toEqual(expected.sort());
  expect(expected).toContain("@mirage/cli");
  expect(expected).not.toContain("@mirage/runtime-net");
});
