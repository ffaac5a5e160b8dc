import { defineConfig } from "vitest/config";

/** The tests of e2e/xen that mean the same on 64-bit Arm, on a Xen host for it. */
const shared = ["quick", "examples", "lifecycle", "detach", "storage"];

export default defineConfig({
  root: import.meta.dirname,
  ssr: { resolve: { conditions: ["@mirage/source", "module", "node", "development|production"] } },
  test: {
    include: shared.map((name) => `../../xen/src/${name}.xen.ts`),
    globalSetup: "setup.ts",
    // Everything here runs on emulated processors.
    testTimeout: 900_000,
    hookTimeout: 900_000,
    teardownTimeout: 30_000,
    fileParallelism: false,
  },
});
