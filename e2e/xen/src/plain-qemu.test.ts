import { join } from "node:path";
import { expect, test } from "vitest";
import { repository, run } from "../../src/support/mirage.js";

test.each([
  ["the kernel under plain QEMU: memory, faults, entropy, clock, console", "run.sh"],
  ["the interface to Xen, beside Xen's headers", "interface.sh"],
])("%s", async (_, name) => {
  const script = join(repository, "packages/runtime-xen/test", name);
  const { code, stdout, stderr } = await run("sh", [script]);
  expect(code, `${stdout}${stderr}`).toBe(0);
  expect(stderr).not.toMatch(/^FAILED/m);
});
