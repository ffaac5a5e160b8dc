import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect } from "vitest";
import { urlPath } from "../../src/support/site.js";

/** Fetches every file below `folder` from the server on 127.0.0.1, and one that isn't there. */
export async function expectSite(folder: string, port: number): Promise<void> {
  const paths = readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  expect(paths.length).toBeGreaterThan(0);
  const server = `http://127.0.0.1:${port}`;
  for (const path of paths) {
    const response = await fetch(`${server}${urlPath(relative(folder, path))}`);
    expect(response.status, path).toBe(200);
    expect(Buffer.from(await response.arrayBuffer()).equals(readFileSync(path)), path).toBe(true);
  }
  expect((await fetch(`${server}/nowhere`)).status).toBe(404);
}
