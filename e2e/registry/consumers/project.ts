import assert from "node:assert/strict";
import { execute } from "@mirage/plan";
import { planGenerate, requireState } from "@mirage/project";

const state = { conf: "a.conf", target: "unix-direct", name: "a", products: ["mir-a"] };
const files = [{ path: "main.ml", content: "let () = ()\n" }];
const directory = process.cwd();
const owned = { generated: ["main.ml"], products: ["mir-a"] };
await execute(await planGenerate({ directory, state, files, force: false, owned }));
assert.equal((await requireState(directory)).name, "a");
