#!/usr/bin/env node
import { main } from "../dist/main.js";

const code = await main(process.argv.slice(2));
// It ends when all is printed, even if a connection that a child left open would keep it alive.
process.stdout.write("", () => process.stderr.write("", () => process.exit(code)));
