import assert from "node:assert/strict";
import { launcherOf, launcherOfInstance, remoteLauncher } from "@mirage/launch";
import { targets } from "@mirage/types";

for (const target of targets) assert((await launcherOf(target)).patience > 0);
assert.equal(await launcherOfInstance({ target: "of another mirage" }), undefined);
assert.equal(typeof (await remoteLauncher()).remote.list, "function");
