import assert from "node:assert/strict";
import {
  debianRequirements,
  opamRepository,
  repositoryFiles,
  upstreamVersion,
} from "@mirage/opam-system";

assert.equal(upstreamVersion("1:4.13.1-4+b1"), "4.13.1");
const files = new Map([["opam", 'opam-version: "2.0"\n']]);
const repository = opamRepository("mine", [{ name: "a", version: "1", files }]);
assert([...repositoryFiles(repository.packages).keys()].includes("packages/a/a.1/opam"));
assert.equal(typeof debianRequirements, "function");
