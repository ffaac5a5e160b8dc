import { defineConfig } from "vitest/config";

export default defineConfig({
  root: import.meta.dirname,
  ssr: { resolve: { conditions: ["@mirage/source", "node", "development|production"] } },
  test: {
    include: ["src/**/*.aws.ts"],
    globalSetup: "../src/support/home.ts",
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // What a test doesn't set comes from nowhere: no profile, no metadata service, no real AWS.
    env: {
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_ENDPOINT_URL: "http://127.0.0.1:9",
      AWS_CONFIG_FILE: "/dev/null",
      AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    },
  },
});
