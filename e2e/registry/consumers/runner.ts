import assert from "node:assert/strict";
import { parsePublish, type RunEvent, start } from "@mirage/runner";

assert.equal(parsePublish("8080:80").port, 80);
const unikernel = start({ mode: "socket", binary: "/bin/true" });
const events: RunEvent[] = [];
for await (const event of unikernel.events) events.push(event);
assert.equal((await unikernel.exit).code, 0);
