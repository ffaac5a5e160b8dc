#!/usr/bin/env node
import { setFlagsFromString } from "node:v8";

// Optimised machine code pays off later than this command lives; Node 20's V8 would make it too soon.
if (process.versions.node.startsWith("20.")) setFlagsFromString("--interrupt-budget=1000000");

const { main } = await import("../dist/bundle/main.js").catch((error) => {
  // A checkout that was compiled, but not bundled.
  if (error.code === "ERR_MODULE_NOT_FOUND") return import("../dist/cli/main.js");
  throw error;
});
process.exitCode = await main(process.argv.slice(2));
