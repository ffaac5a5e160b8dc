#!/usr/bin/env node
"use strict";
const { existsSync } = require("node:fs");
const { join } = require("node:path");
const { setFlagsFromString } = require("node:v8");

// Optimised machine code pays off later than this command lives; Node 20's V8 would make it too soon.
if (process.versions.node.startsWith("20.")) setFlagsFromString("--interrupt-budget=1000000");

async function run() {
  const bundle = join(__dirname, "../dist/bundle/main.cjs");
  // A checkout may be compiled, but not bundled.
  const { main } = existsSync(bundle) ? require(bundle) : await import("../dist/cli/main.js");
  process.exitCode = await main(process.argv.slice(2));
}

void run();
