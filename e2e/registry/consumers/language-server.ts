import assert from "node:assert/strict";
import { serve, serveStdio } from "@mirage/language-server";

assert.equal(typeof serve, "function");
assert.equal(typeof serveStdio, "function");
