import { defineConfig } from "vitest/config";

export default defineConfig({
  root: import.meta.dirname,
  ssr: { resolve: { conditions: ["@mirage/source", "module", "node", "development|production"] } },
  test: {
    // `pnpm bench virtio` measures in the same surroundings.
    include: [process.env.MIRAGE_FIGURES ? "src/figures/figures.ts" : "src/**/*.virtio.ts"],
    globalSetup: "src/setup.ts",
    // Everything here runs on emulated processors.
    testTimeout: process.env.MIRAGE_FIGURES ? 3_600_000 : 600_000,
    hookTimeout: 600_000,
    fileParallelism: false,
  },
});
