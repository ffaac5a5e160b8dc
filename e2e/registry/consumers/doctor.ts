import assert from "node:assert/strict";
import { type CheckGroup, describeMend, examine } from "@mirage/doctor";

const mend = { kind: "packages", names: ["opam"] } as const;
const check = {
  name: "opam",
  examine: async () => ({ state: "missing", detail: "", mend }) as const,
};
const groups: CheckGroup[] = [{ name: "build", title: "Building", checks: [check] }];
const [group] = await examine(groups);
assert.equal(group?.findings[0]?.state, "missing");
assert.match(describeMend(mend), /opam/);
