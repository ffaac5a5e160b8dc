import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate, networkDevices } from "@mirage/codegen";
import { loadConf } from "@mirage/conf";
import { execute } from "@mirage/plan";
import { targets } from "@mirage/types";
import { expect, onTestFinished, test } from "vitest";
import { findTemplate, planInit, templates } from "./index.js";

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "mirage-templates-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

const claims = templates.flatMap((template) =>
  template.targets.map((target) => [template.name, target] as const),
);

test.each(claims)("%s is without fault, and can be generated for %s", async (name, targetName) => {
  const folder = emptyFolder();
  await execute(await planInit({ template: findTemplate(name), name: "app", directory: folder }));
  const { configuration, warnings } = await loadConf(join(folder, "app.conf"));
  expect(warnings).toEqual([]);
  const target = targets.find((candidate) => candidate.name === targetName);
  if (!target) throw new Error(`no target ${targetName}`);
  expect(generate(configuration, target).map(({ path }) => path)).toContain("main.ml");
});

test("only what has a network can be published", async () => {
  for (const template of templates) {
    const folder = emptyFolder();
    await execute(await planInit({ template, name: "app", directory: folder }));
    const { configuration } = await loadConf(join(folder, "app.conf"));
    const devices = networkDevices(configuration, targets[0]);
    expect(template.publish !== undefined, template.name).toBe(devices.length > 0);
  }
});

test("the folder is made, and the .conf file has the application's name", async () => {
  const folder = join(emptyFolder(), "deep", "down");
  await execute(await planInit({ template: findTemplate("site"), name: "www", directory: folder }));
  expect(readdirSync(folder).sort()).toEqual([".gitignore", "htdocs", "unikernel.ml", "www.conf"]);
});

test("nothing is overwritten: all that is in the way is named", async () => {
  const folder = emptyFolder();
  writeFileSync(join(folder, "unikernel.ml"), "(* mine *)");
  writeFileSync(join(folder, "other.conf"), "");
  const request = { template: findTemplate("hello"), name: "app", directory: folder };
  await expect(planInit(request)).rejects.toMatchObject({
    code: "ERR_MIRAGE_INIT_EXISTS",
    message: expect.stringMatching(/unikernel\.ml, other\.conf/),
  });
  expect(readdirSync(folder).sort()).toEqual(["other.conf", "unikernel.ml"]);
});

test("a .gitignore is kept, other files are left alone", async () => {
  const folder = emptyFolder();
  writeFileSync(join(folder, ".gitignore"), "/secret\n");
  writeFileSync(join(folder, "README.md"), "mine\n");
  await execute(
    await planInit({ template: findTemplate("hello"), name: "app", directory: folder }),
  );
  expect(readFileSync(join(folder, ".gitignore"), "utf8")).toBe("/secret\n");
  expect(readFileSync(join(folder, "README.md"), "utf8")).toBe("mine\n");
});

test("a disk of zeros comes with the template that needs one", async () => {
  const folder = emptyFolder();
  await execute(
    await planInit({ template: findTemplate("block"), name: "app", directory: folder }),
  );
  const disk = readFileSync(join(folder, "disk.img"));
  expect(disk.equals(Buffer.alloc(1 << 20))).toBe(true);
});

test("a mistyped template gets the nearest", () => {
  expect(() => findTemplate("sit")).toThrow(
    expect.objectContaining({ code: "ERR_MIRAGE_INIT_TEMPLATE", hint: "did you mean site?" }),
  );
});
