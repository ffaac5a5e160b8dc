import assert from "node:assert/strict";
import { type Outcome, parseAtom, Resolver } from "@mirage/opam-resolver";

const opam = 'depends: ["http" {>= "2"}]';
const packages = [
  { name: "site", version: "1", opam },
  { name: "http", version: "2", opam: "" },
];
const resolver = await Resolver.open([{ kind: "packages", packages }]);
const atom = parseAtom("site");
assert(atom !== undefined);
const outcome: Outcome = await resolver.resolve({
  request: { kind: "install", atoms: [atom] },
  variables: { os: "linux" },
});
assert(outcome.kind === "plan" && outcome.actions.length === 2);
