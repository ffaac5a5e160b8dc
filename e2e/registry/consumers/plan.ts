import assert from "node:assert/strict";
import { mkdtempSync, readFileSync } from "node:fs";
import { describePlan, execute, type Plan } from "@mirage/plan";

const path = `${mkdtempSync("./plan-")}/hello.txt`;
const plan: Plan = [{ kind: "write", path, content: "hello\n" }];
assert.match(describePlan(plan, { cwd: "." }), /hello\.txt/);
await execute(plan);
assert.equal(readFileSync(path, "utf8"), "hello\n");
