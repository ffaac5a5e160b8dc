import { expect, test } from "vitest";
import { Resolver } from "../index.js";
import { Definitions } from "./definitions.js";
import { type RecordedCase, replay } from "./replay.js";

const packages = [{ name: "lwt", version: "5", opam: "" }];
const sources = [{ kind: "packages", packages }] as const;

test.each<[RecordedCase["actions"], string]>([
  [null, "same"],
  [[], "same"],
])("opam had nothing to do, recorded as %j", async (actions, wanted) => {
  const recorded: RecordedCase = {
    id: "1",
    switch: "any",
    roots: ["lwt"],
    status: "plan",
    actions,
  };
  const state = { installed: [{ name: "lwt", version: "5" }], roots: [] };
  const resolver = await Resolver.open(sources);
  const definitions = await Definitions.read(sources);
  const { comparison } = await replay(resolver, definitions, recorded, state, {});
  expect(comparison).toBe(wanted);
});
