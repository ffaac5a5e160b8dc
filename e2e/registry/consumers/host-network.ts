import assert from "node:assert/strict";
import { defaultBridge, type NetworkStatus, networkStatus } from "@mirage/host-network";

const networks: readonly NetworkStatus[] = await networkStatus();
assert(Array.isArray(networks));
assert.equal(typeof defaultBridge, "string");
