import assert from "node:assert/strict";
import { type CheckGroup, describeFix, examine } from "@mirage/doctor";

const fix = { kind: "packages", names: ["opam"] } as const;
const check = {
  name: "opam",
  examine: async () => ({ state: "missing", detail: "", fix }) as const,
};
const groups: CheckGroup[] = [{ name: "build", title: "Building", checks: [check] }];
const [group] = await examine(groups);
assert.equal(group?.findings[0]?.state, "missing");
assert.match(describeFix(fix), /opam/);
