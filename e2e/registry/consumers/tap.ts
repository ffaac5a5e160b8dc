import assert from "node:assert/strict";
import { findInterface, listDevices, openTap } from "@mirage/tap";

assert(Array.isArray(listDevices()));
assert.equal(findInterface("lo")?.name, "lo");
assert.throws(() => openTap({ name: "a name that is too long" }), { code: "ERR_MIRAGE_TAP_NAME" });
