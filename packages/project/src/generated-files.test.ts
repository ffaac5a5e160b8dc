import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execute } from "@mirage/plan";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type GeneratedFile, planClean, planGenerate } from "./generated-files.js";
import { readState, requireState, stateFile } from "./state.js";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "mirage-project-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const state = {
  conf: "www.conf",
  target: "unix-direct",
  name: "www",
  products: ["mir-www", "_build"],
};
const main: GeneratedFile = { path: "main.ml", content: "let () = ()\n" };
const extra: GeneratedFile = { path: "net.ml", content: "module Manager = M\n" };

async function generate(files: readonly GeneratedFile[], force = false) {
  await execute(await planGenerate({ directory, state, files, force }));
}

test("generating again with other content replaces what mirage wrote", async () => {
  await generate([main, extra]);
  await generate([{ ...main, content: "let () = exit 0\n" }]);
  expect(await readFile(join(directory, "main.ml"), "utf8")).toBe("let () = exit 0\n");
  expect((await readdir(directory)).sort()).toEqual([".mirage", "main.ml"]);
  expect(Object.keys((await requireState(directory)).generated)).toEqual(["main.ml"]);
});

test("an edited file stops everything, and is named", async () => {
  await generate([main, extra]);
  await writeFile(join(directory, "main.ml"), "let () = my_own ()\n");
  const again = planGenerate({ directory, state, files: [main, extra], force: false });
  await expect(again).rejects.toMatchObject({
    code: "ERR_MIRAGE_EDITED_FILE",
    details: [{ message: expect.stringContaining("main.ml") }],
  });
  await generate([main], true);
  expect(await readFile(join(directory, "main.ml"), "utf8")).toBe(main.content);
});

test.each([
  ["file", () => writeFile(join(directory, "main.ml"), "let mine = 1\n")],
  ["folder", () => mkdir(join(directory, "main.ml"))],
])("a %s of the user's that was there before is not overwritten", async (_, make) => {
  await make();
  await expect(
    planGenerate({ directory, state, files: [main], force: false }),
  ).rejects.toMatchObject({ code: "ERR_MIRAGE_EDITED_FILE" });
});

test("clean removes what is generated and keeps what is edited", async () => {
  await generate([main, extra]);
  await writeFile(join(directory, "net.ml"), "edited\n");
  await writeFile(join(directory, "mir-www"), "");
  const { plan, kept } = await planClean(directory, await requireState(directory));
  await execute(plan);
  expect(kept).toEqual(["net.ml"]);
  expect(await readdir(directory)).toEqual(["net.ml"]);
});

test("a folder that was never configured, and one whose state is damaged", async () => {
  expect(await readState(directory)).toBeUndefined();
  await expect(requireState(directory)).rejects.toMatchObject({
    code: "ERR_MIRAGE_NOT_CONFIGURED",
  });
  await generate([main]);
  await writeFile(stateFile(directory), '{"format": 1');
  await expect(readState(directory)).rejects.toMatchObject({ code: "ERR_MIRAGE_STATE_DAMAGED" });
});
