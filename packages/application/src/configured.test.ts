import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execute } from "@mirage/plan";
import { planGenerate } from "@mirage/project";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { configuredFolder, stateFor } from "./configured.js";
import { configuredTarget } from "./target.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mirage-application-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ["a.conf", "b.conf"]) {
    writeFileSync(join(folder, name), "main-noip: Hello.main\n");
  }
});

const path = (name: string) => join(folder, name);

async function configure(conf: string, target: string): Promise<void> {
  const name = conf.replace(".conf", "");
  const state = { conf, target, name, products: [`mir-${name}`] };
  const owned = { generated: [], products: [] };
  await execute(await planGenerate({ directory: folder, state, files: [], force: false, owned }));
}

test("a folder is configured for one .conf file, and answers for no other", async () => {
  await configure("a.conf", "unix-socket");
  expect(await configuredFolder(path("a.conf"))).toMatchObject({
    directory: folder,
    name: "a",
    target: { name: "unix-socket" },
    program: "mir-a",
  });
  const other = configuredFolder(path("b.conf"));
  await expect(other).rejects.toMatchObject({
    code: "ERR_MIRAGE_OTHER_CONFIGURED",
    message: expect.stringContaining("configured for a.conf"),
    hint: expect.stringContaining("mirage configure"),
  });
  await expect(stateFor(path("b.conf"))).rejects.toMatchObject({
    code: "ERR_MIRAGE_OTHER_CONFIGURED",
  });
});

test("a .conf file that is not there is no such file, whatever is configured", async () => {
  const missing = { code: "ERR_MIRAGE_SYSTEM_ENOENT", message: expect.stringContaining("c.conf") };
  await expect(configuredFolder(path("c.conf"))).rejects.toMatchObject(missing);
  await configure("c.conf", "unix-direct");
  await expect(configuredFolder(path("c.conf"))).rejects.toMatchObject(missing);
  await expect(stateFor(path("c.conf"))).rejects.toMatchObject(missing);
});

test("a folder is no .conf file, whatever it is configured for", async () => {
  await configure("a.conf", "unix-socket");
  const refused = { code: "ERR_MIRAGE_CONF_NO_FILE", message: `${folder} is not a file` };
  await expect(configuredFolder(folder)).rejects.toMatchObject(refused);
  await expect(stateFor(folder)).rejects.toMatchObject(refused);
});

test("before it is configured, an application has no state, and the target of the flags", async () => {
  expect(await stateFor(path("a.conf"))).toBeUndefined();
  await expect(configuredFolder(path("a.conf"))).rejects.toMatchObject({
    code: "ERR_MIRAGE_NOT_CONFIGURED",
  });
  await configure("a.conf", "xen");
  expect((await configuredTarget(path("a.conf"), {})).name).toBe("xen");
  expect((await configuredTarget(path("b.conf"), {})).name).toBe("unix-direct");
  expect((await configuredTarget(path("a.conf"), { socket: true })).name).toBe("unix-socket");
});
