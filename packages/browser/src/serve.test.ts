import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Served, serve } from "./serve.js";

const root = mkdtempSync(join(tmpdir(), "mirage-browser-"));
const folder = join(root, "page");
let served: Served;

beforeAll(async () => {
  mkdirSync(folder);
  writeFileSync(join(folder, "index.html"), "<p>page");
  writeFileSync(join(folder, "worker.js"), "1");
  writeFileSync(join(folder, ".hidden"), "hidden");
  writeFileSync(join(root, "outside"), "outside");
  served = await serve(folder);
});
afterAll(async () => {
  await served.close();
  rmSync(root, { recursive: true });
});

/** Status and media type of the answer to a request whose target goes out as it is. */
function answer(target: string): Promise<string> {
  const { hostname, port } = new URL(served.url);
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, path: target }, (response) => {
      response.resume();
      resolve(`${response.statusCode} ${response.headers["content-type"]}`);
    });
    asked.on("error", reject).end();
  });
}

test("the folder's files are served with their types", async () => {
  expect(await answer("/")).toBe("200 text/html; charset=utf-8");
  expect(await answer("/worker.js?v=1")).toBe("200 text/javascript; charset=utf-8");
});

test.each(["/none", "/../outside", "/%2e%2e/outside", "/%", "//", "/.hidden", "*"])(
  "%s is no file of it",
  async (target) => {
    expect(await answer(target)).toBe("404 text/plain");
  },
);
