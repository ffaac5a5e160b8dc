import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadUniverse } from "./load-universe.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mirage-opam-system-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const apt = spawnSync("apt-cache", ["--version"]).status === 0;

test.skipIf(!apt)(
  "replaces a damaged cache, and then asks apt no more",
  async () => {
    const cache = join(folder, "debian-ocaml.json");
    writeFileSync(cache, '{"stamp":"');
    const asked = await loadUniverse({ cacheFolder: folder });
    expect(readdirSync(folder)).toEqual(["debian-ocaml.json"]);
    expect(await loadUniverse({ cacheFolder: folder })).toEqual(asked);

    const text = readFileSync(cache, "utf8");
    writeFileSync(cache, text.replace(/"maintainer":"[^"]*"/, '"maintainer":"from the cache"'));
    const { packages } = await loadUniverse({ cacheFolder: folder });
    expect([...packages.values()].map((found) => found.maintainer)).toContain("from the cache");
  },
  30_000,
);

test.skipIf(!apt)("can be interrupted", async () => {
  await expect(
    loadUniverse({ cacheFolder: folder, signal: AbortSignal.abort() }),
  ).rejects.toMatchObject({ code: "ERR_MIRAGE_INTERRUPTED" });
});
