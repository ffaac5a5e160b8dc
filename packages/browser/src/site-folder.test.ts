import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { writePage } from "./site-folder.js";

const root = mkdtempSync(join(tmpdir(), "mirage-browser-"));
afterAll(() => rmSync(root, { recursive: true }));

test("the folder is a page and an npm package", async () => {
  const module = join(root, "mir-www.js");
  writeFileSync(module, "export {};\n");
  const folder = join(root, "out", "www");
  await writePage(folder, { name: "www", module, httpPort: 80 });
  const read = (name: string) => JSON.parse(readFileSync(join(folder, name), "utf8"));
  expect(read("unikernel.json")).toEqual({ name: "www", module: "./mir-www.js", httpPort: 80 });
  const entry = { types: "./mir-www.d.ts", default: "./mir-www.js" };
  expect(read("package.json").exports).toEqual({ ".": entry });
  for (const name of ["index.html", "mir-www.js", "mir-www.d.ts"])
    expect(existsSync(join(folder, name)), name).toBe(true);
});
