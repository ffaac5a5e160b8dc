import { expect, test } from "vitest";
import { buildProducts, generate } from "./generate.js";
import { ownedPaths } from "./owned-paths.js";
import { parse, readCases } from "./testing/golden.js";

test("what is generated and built is mirage's own", () => {
  for (const { configuration, target } of readCases()) {
    const { generated, products } = ownedPaths(configuration);
    const written = generate(configuration, target).map(({ path }) => path);
    expect(generated).toEqual(expect.arrayContaining(written));
    expect(products).toEqual(expect.arrayContaining(buildProducts(configuration, target)));
  }
});

test("also for the targets that it is not configured for", () => {
  const { generated, products } = ownedPaths(parse("main-noip: Hello.main\nname: hello"));
  expect(generated).toContain("hello.xl");
  expect(products).toEqual([
    "mir-hello",
    "_build",
    ".mirage/crunch",
    "mir-hello.static",
    "mir-hello.xen",
    "mir-hello.xen.sym",
    "mir-hello.js",
  ]);
});
