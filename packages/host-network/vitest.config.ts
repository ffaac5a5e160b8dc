import { defineConfig } from "vitest/config";

export default defineConfig({
  ssr: { resolve: { conditions: ["@mirage/source", "module", "node", "development|production"] } },
  test: {
    include: ["src/**/*.test.ts"],
    environment: "node",
    globalSetup: "test/setup.ts",
    testTimeout: 180_000,
  },
});
