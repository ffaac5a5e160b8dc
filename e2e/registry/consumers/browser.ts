import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serve, writePage } from "@mirage/browser";

const folder = mkdtempSync(join(tmpdir(), "page-"));
const module = join(folder, "mir-hello.js");
writeFileSync(module, "export const start = () => ({ exited: Promise.resolve(0) });\n");
await writePage(join(folder, "out"), { name: "hello", module });
const { url, close } = await serve(join(folder, "out"));
assert.equal((await fetch(url)).status, 200);
assert.equal((await fetch(`${url}unikernel.json`)).status, 200);
assert.equal((await fetch(`${url}../hello.conf`)).status, 404);
await close();
