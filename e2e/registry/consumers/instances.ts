import assert from "node:assert/strict";
import { findInstance, type Instance, listInstances } from "@mirage/instances";

const instances: readonly Instance[] = await listInstances();
assert(Array.isArray(instances));
assert.throws(() => findInstance("nobody started this", instances), { name: "MirageError" });
