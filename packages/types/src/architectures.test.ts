import { expect, test } from "vitest";
import { architectureOf, hostArchitecture } from "./architectures.js";

test("a target is for this machine's processors, or says for which others", () => {
  expect(hostArchitecture("arm64")?.name).toBe("arm64");
  expect(hostArchitecture("riscv64")).toBeUndefined();
  expect(architectureOf({ architecture: "arm64" }).qemu.program).toBe("qemu-system-aarch64");
  expect(architectureOf({}).node).toBe(process.arch);
});
