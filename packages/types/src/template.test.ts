import { expect, test } from "vitest";
import { withKnownHoles } from "./template.js";

test("the compiler knows the holes of a template", () => {
  const driver = withKnownHoles({ module: "Block", connect: ["Block.connect %{path} %{id}"] });
  expect(driver.module).toBe("Block");
});

test("a hole that nothing fills does not compile", () => {
  // @ts-expect-error: there is no hole %{http-prot}
  const driver = withKnownHoles({ needs: [{ binding: "%{name} ~port:%{http-prot}" }] });
  expect(driver).toBeDefined();
});
