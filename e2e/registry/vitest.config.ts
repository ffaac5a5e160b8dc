import { defineConfig } from "vitest/config";

export default defineConfig({
  root: import.meta.dirname,
  ssr: { resolve: { conditions: ["@mirage/source", "module", "node", "development|production"] } },
  test: {
    include: ["src/**/*.registry.ts"],
    globalSetup: "src/setup.ts",
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // Installations and builds of two files at once would only slow each other down.
    fileParallelism: false,
  },
});
