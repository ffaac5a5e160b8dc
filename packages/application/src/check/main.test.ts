import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConf } from "@mirage/conf";
import { targets } from "@mirage/types";
import { expect, onTestFinished, test } from "vitest";
import { checkMain } from "./main.js";

async function severities(...sources: string[]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "mirage-main-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const source of sources) writeFileSync(join(folder, source), "");
  const { configuration } = parseConf("main-noip: Helo.main\n", join(folder, "hello.conf"));
  if (!configuration) throw new Error("the .conf file is refused");
  const nothing = { env: {}, local: new Set<string>(), unknown: new Set<string>() };
  const found = await checkMain(configuration, targets[0], folder, {
    ...nothing,
    isComplete: true,
  });
  return found.map(({ code, severity }) => `${severity} ${code}`);
}

test("a module that no file makes is an error beside others", async () => {
  expect(await severities("hello.ml")).toEqual(["error ERR_MIRAGE_CONF_NO_MODULE"]);
});

test("a .conf file alone, whose program is yet to be written, is only warned of", async () => {
  expect(await severities()).toEqual(["warning ERR_MIRAGE_CONF_NO_MODULE"]);
  expect(await severities("main.ml")).toEqual(["warning ERR_MIRAGE_CONF_NO_MODULE"]);
});
