import { join } from "node:path";
import { expect, test } from "vitest";
import { repository, run } from "./support/mirage.js";
import { isRoot } from "./support/namespace.js";

test.runIf(isRoot)(
  "the TCP/IP stack against Linux's own, over a TAP device in a namespace",
  async () => {
    const script = join(repository, "packages/runtime-net/test/linux/run");
    const { code, stdout, stderr } = await run(script, []);
    expect(code, `${stdout}${stderr}`).toBe(0);
    expect(stdout).not.toMatch(/^not ok/m);
    expect(stdout).toMatch(/^ok/m);
  },
  600_000,
);
