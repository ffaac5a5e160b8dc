import assert from "node:assert/strict";
import { type OpamTarget, opamExec, privateTarget, readInstalled } from "@mirage/opam-driver";

const target: OpamTarget = privateTarget("/nonexistent", "4.13.1");
assert(target.owned);
assert(opamExec(target).includes("exec"));
assert.equal(await readInstalled(target), undefined);
