import { defineConfig } from "vitest/config";

export default defineConfig({
  ssr: { resolve: { conditions: ["@mirage/source", "module", "node", "development|production"] } },
  test: {
    include: ["src/**/*.e2e.ts"],
    globalSetup: "src/support/home.ts",
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // Builds and unikernels of two files at once would only slow each other down.
    fileParallelism: false,
  },
});
