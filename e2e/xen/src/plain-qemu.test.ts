import { join } from "node:path";
import { expect, test } from "vitest";
import { repository, run } from "../../src/support/mirage.js";

test("the kernel under plain QEMU: memory, faults, entropy, clock, console", async () => {
  const script = join(repository, "packages/runtime-xen/test/run.sh");
  const { code, stdout, stderr } = await run("sh", [script]);
  expect(code, `${stdout}${stderr}`).toBe(0);
  expect(stderr).not.toMatch(/^FAILED/m);
});
