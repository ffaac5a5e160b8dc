import assert from "node:assert/strict";
import { checkInstanceType, defaultInstanceType, policy } from "@mirage/ec2";

checkInstanceType(defaultInstanceType);
assert.throws(() => checkInstanceType("no such type"), { name: "MirageError" });
assert.match(policy(["publish"]), /ec2:RegisterImage/);
