import assert from "node:assert/strict";
import { deviceKinds, type Target, targets } from "@mirage/types";

const flags = targets.map((target: Target) => target.flag);
assert(flags.includes("--unix") && flags.includes("--xen"));
assert(deviceKinds.some(({ name }) => name === "net"));
