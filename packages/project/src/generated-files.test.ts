import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execute } from "@mirage/plan";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type GeneratedFile, type OwnedPaths, planClean, planGenerate } from "./generated-files.js";
import { readState, recordedOpam, requireState, stateFile } from "./state.js";

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

const owned: OwnedPaths = {
  generated: ["main.ml", "net.ml"],
  products: ["mir-www", "_build", "mir-www.xen"],
};

async function generate(files: readonly GeneratedFile[], force = false) {
  await execute(await planGenerate({ directory, state, files, force, owned }));
}

/** A state as a stranger would write it. */
async function claim(claims: Record<string, unknown>) {
  await mkdir(join(directory, ".mirage"), { recursive: true });
  await writeFile(
    stateFile(directory),
    JSON.stringify({ format: 1, ...state, generated: {}, ...claims }),
  );
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
  const again = planGenerate({ directory, state, files: [main, extra], force: false, owned });
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
    planGenerate({ directory, state, files: [main], force: false, owned }),
  ).rejects.toMatchObject({ code: "ERR_MIRAGE_EDITED_FILE" });
});

test("clean removes what is generated and keeps what is edited", async () => {
  await generate([main, extra]);
  await writeFile(join(directory, "net.ml"), "edited\n");
  await writeFile(join(directory, "mir-www"), "");
  const { plan, kept } = await planClean(directory, await requireState(directory), owned);
  await execute(plan);
  expect(kept).toEqual([{ path: "net.ml", because: "it was edited since mirage wrote it" }]);
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

describe("a state that came with the folder", () => {
  const hash = createHash("sha256").update("precious").digest("hex");

  test.each([
    { products: ["../victim"] },
    { products: ["mir-www", "/etc/passwd"] },
    { generated: { "../../.bashrc": hash } },
    { generated: { "a/../../b": hash } },
    { conf: "../other.conf" },
    { products: ["."] },
    { products: [""] },
  ])("%j is refused", async (claims) => {
    await claim(claims);
    await expect(readState(directory)).rejects.toMatchObject({
      code: "ERR_MIRAGE_STATE_OUTSIDE",
    });
  });

  test("is not believed about files of the user's, with and without force", async () => {
    await writeFile(join(directory, "precious"), "precious");
    await claim({ generated: { precious: hash }, products: ["precious"] });
    for (const force of [false, true]) {
      const plan = await planGenerate({ directory, state, files: [main], force, owned });
      expect(plan.filter(({ kind }) => kind === "remove")).toEqual([]);
    }
    const { plan, kept } = await planClean(directory, await requireState(directory), owned);
    await execute(plan);
    expect(await readdir(directory)).toEqual(["precious"]);
    expect(new Set(kept.map(({ path }) => path))).toEqual(new Set(["precious"]));
  });

  test("does not remove an edited file, though forced", async () => {
    await writeFile(join(directory, "net.ml"), "let mine = 1\n");
    await claim({ generated: { "net.ml": hash } });
    await generate([main], true);
    expect(await readFile(join(directory, "net.ml"), "utf8")).toBe("let mine = 1\n");
  });

  test("names no opam installation of its own", () => {
    for (const opam of [{ root: join(directory, "opam") }, { switch: "." }, { switch: "./x" }]) {
      expect(() => recordedOpam(directory, { opam })).toThrow(/in the application's own folder/);
    }
    const opam = { root: "/home/ann/.opam", switch: "5.3.0" };
    expect(recordedOpam(directory, { opam })).toBe(opam);
    expect(recordedOpam(directory, {})).toEqual({});
  });

  test.each(["state.json", "/dev/zero"])("that is a link to %s is not read", async (target) => {
    await mkdir(join(directory, ".mirage"));
    await symlink(target, stateFile(directory));
    await expect(readState(directory)).rejects.toMatchObject({ code: "ERR_MIRAGE_FOLDER_LINK" });
  });
});

test("a link in the place of a generated file is not followed; forced, it is replaced", async () => {
  const elsewhere = await mkdtemp(join(tmpdir(), "mirage-project-"));
  try {
    await writeFile(join(elsewhere, "main.ml"), main.content);
    await symlink(join(elsewhere, "main.ml"), join(directory, "main.ml"));
    await symlink("/dev/zero", join(directory, "net.ml"));
    const plan = planGenerate({ directory, state, files: [main, extra], force: false, owned });
    await expect(plan).rejects.toMatchObject({
      details: [
        { message: expect.stringContaining("main.ml: it is a symbolic link") },
        { message: expect.stringContaining("net.ml: it is a symbolic link") },
      ],
    });
    await generate([{ ...main, content: "new" }, extra], true);
    expect(await readFile(join(elsewhere, "main.ml"), "utf8")).toBe(main.content);
    expect(await readFile(join(directory, "main.ml"), "utf8")).toBe("new");
  } finally {
    await rm(elsewhere, { recursive: true });
  }
});

test("clean leaves a link in the place of a product", async () => {
  await generate([main]);
  await symlink("/usr/bin/true", join(directory, "mir-www"));
  const { plan, kept } = await planClean(directory, await requireState(directory), owned);
  await execute(plan);
  expect(kept).toEqual([{ path: "mir-www", because: expect.stringContaining("symbolic link") }]);
  expect(await readdir(directory)).toEqual(["mir-www"]);
});
