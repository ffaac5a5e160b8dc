import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { configuredFolder, selectTarget } from "@mirage/application";
import { loadChecked } from "@mirage/application/check";

writeFileSync("hello.conf", "main-noip: Hello.main\n");
const { configuration } = await loadChecked("hello.conf");
assert.equal(configuration.name.value, "hello");
assert.equal(selectTarget({ socket: true }).name, "unix-socket");
await assert.rejects(configuredFolder("hello.conf"), { code: "ERR_MIRAGE_NOT_CONFIGURED" });
