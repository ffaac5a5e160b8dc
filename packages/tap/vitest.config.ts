import { defineConfig } from "vitest/config";

// Tests that open devices run inside a network namespace: see src/in-namespace.test.ts.
const inNamespace = process.env.MIRAGE_TEST_IN_NAMESPACE === "1";
const namespaceTests = "src/**/*.netns.test.ts";

export default defineConfig({
  ssr: { resolve: { conditions: ["@mirage/source", "module", "node", "development|production"] } },
  test: {
    include: inNamespace ? [namespaceTests] : ["src/**/*.test.ts"],
    exclude: inNamespace ? [] : [namespaceTests],
    environment: "node",
    testTimeout: 30_000,
  },
});
