import { FsTree } from "nx/src/generators/tree";
import { expect, test } from "vitest";
import { root } from "../workspace.mjs";
import { generateDevice } from "./device/generator.mjs";
import { generateKey } from "./key/generator.mjs";
import { generatePackage } from "./package/generator.mjs";
import { generateTarget } from "./target/generator.mjs";

// That what they write compiles and passes its tests, `pnpm try-generators` tells.
test.each([
  [
    generatePackage,
    { name: "moon", scope: "base", layer: 2, description: "what the sun says" },
    ["packages/moon/src/index.ts", "e2e/registry/consumers/moon.ts", "docs/architecture.md"],
  ],
  [
    generateKey,
    { name: "moon-phase", description: "minutes of shade" },
    [
      "packages/conf/src/keys.ts",
      "packages/conf/src/moon-phase.ts",
      "packages/types/src/template.ts",
      "docs/conf.md",
    ],
  ],
  [
    generateDevice,
    { name: "moon", description: "the time by the sun" },
    [
      "packages/types/lib/V1.mli",
      "packages/runtime-unix/lib/moon.ml",
      "packages/runtime-kernel/lib/moon.mli",
      "packages/codegen/golden/app-moon/unikernel.ml",
    ],
  ],
  [
    generateTarget,
    { name: "unix-moon", description: "a process in the sun" },
    ["packages/types/src/targets.ts", "docs/targets.md", "README.md"],
  ],
])("%o finds every place that it changes", (generate, options, files) => {
  const tree = new FsTree(root, false);
  generate(tree, options);
  const changed = tree.listChanges().map(({ path }) => path);
  expect(changed).toEqual(expect.arrayContaining(files));
  expect(() => generate(tree, options)).toThrow("is there already");
});

test("a name of another form is refused", () => {
  const tree = new FsTree(root, false);
  expect(() => generateDevice(tree, { name: "Sun-dial", description: "x" })).toThrow(
    /has to match/,
  );
  expect(tree.listChanges()).toEqual([]);
});
