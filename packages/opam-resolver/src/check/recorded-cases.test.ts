import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { dataFolder, recordedCases, recordedVariables } from "../../test/data.js";
import { sourceAt } from "../repository/source.js";
import { Resolver } from "../resolver.js";
import { readSwitch, switchFilesBeside } from "../state/read-switch.js";
import { Definitions } from "./definitions.js";
import { replay } from "./replay.js";

describe.skipIf(dataFolder === undefined)("questions that were put to opam", () => {
  const data = dataFolder as string;
  let resolver: Resolver;
  let definitions: Definitions;

  beforeAll(async () => {
    const sources = [sourceAt(join(data, "repository.tar.zst"))];
    resolver = await Resolver.open(sources, { cacheFolder: false });
    definitions = await Definitions.read(sources);
  }, 60_000);

  // opam 2.3.0 gives the same answers, but for one plan of flags-126 that has a package too many.
  test.each(["2.1.2", "2.3.0"])(
    "all are answered as opam %s does, or better",
    { timeout: 120_000 },
    async (version) => {
      const notes: string[] = [];
      for (const recorded of recordedCases(data)) {
        const path = join(data, "switches", `${recorded.switch}.switch-state`);
        const { input, variables } = readSwitch(switchFilesBeside(path));
        const { comparison, note } = await replay(resolver, definitions, recorded, input, {
          ...recordedVariables(data),
          ...variables,
          "opam-version": version,
        });
        if (comparison === "worse" || comparison === "wrong") notes.push(`${recorded.id}: ${note}`);
      }
      expect(notes).toEqual([]);
    },
  );
});
