import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { Libraries, shortestChain } from "@mirage/findlib";

for (const [name, requires] of [
  ["a", "b"],
  ["b", "unix"],
  ["unix", ""],
] as const) {
  mkdirSync(`lib/${name}`, { recursive: true });
  writeFileSync(`lib/${name}/META`, `requires = "${requires}"\n`);
}
const chain = await shortestChain(new Libraries(["lib"]), "a", ["unix"]);
assert.deepEqual(chain, ["a", "b", "unix"]);
