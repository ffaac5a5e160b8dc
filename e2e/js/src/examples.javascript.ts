import { createHash } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { exchange } from "../../src/support/datagram.js";
import {
  copyOfExample,
  mirageOk,
  run,
  startMirage,
  temporaryFolder,
  userEnv,
} from "../../src/support/mirage.js";
import { urlPath, writeSite } from "../../src/support/site.js";
import { readAll } from "../../src/support/stream.js";
import { fetched, inState, openBrowser, openPage, sitePath } from "./browser.js";

async function built(example: string, change: (folder: string) => void = () => {}) {
  const folder = copyOfExample(example);
  change(folder);
  await mirageOk(["configure", "--js"], folder);
  await mirageOk(["build"], folder);
  return folder;
}

async function published(folder: string, port: string) {
  const running = startMirage(["run", "--publish", `127.0.0.1:0:${port}`], folder);
  const [, host = ""] = await running.says(/127\.0\.0\.1:(\d+)/);
  await running.says(/is ready/);
  return Number(host);
}

test("hello runs to its end, by mirage and alone", async () => {
  const folder = await built("hello");
  const lines = "hello\nworld\nhello\nworld\n";
  expect((await mirageOk(["run"], folder)).stdout).toBe(lines);
  const alone = await run(process.execPath, ["mir-hello.js"], { cwd: folder, env: userEnv() });
  expect(alone).toEqual({ code: 0, stdout: lines, stderr: "" });
});

test("ping answers UDP from its own stack, and says alone that it needs an interface", async () => {
  const folder = await built("ping");
  expect(await exchange(await published(folder, "7/udp"), "hello there")).toBe("hello there");
  const alone = await run(process.execPath, ["mir-ping.js"], { cwd: folder, env: userEnv() });
  expect(alone.code).toBe(2);
  expect(alone.stderr).toContain('no network device was given to the program as "net"');
});

test("app sends its quote: in Node.js, and to a button of its page", async () => {
  const folder = await built("app");
  const quote = readFileSync(join(folder, "static/quote.txt"), "utf8");
  expect(await readAll(await published(folder, "17"))).toBe(quote);
  const running = startMirage(["run", "--browser"], folder);
  const [, url = ""] = await running.says(/(http:\/\/127\.0\.0\.1:\d+\/)/);
  const page = await openPage(await openBrowser(), url);
  await page.getByRole("button", { name: "Connect to TCP port 17" }).click();
  await page.locator("#console", { hasText: quote.trim() }).waitFor();
});

test("two hundred files and twenty megabytes come byte for byte: in Node.js, and through a page", async () => {
  let files = new Map<string, Buffer>();
  const folder = await built("www", (folder) => {
    rmSync(join(folder, "htdocs"), { recursive: true });
    files = writeSite(join(folder, "htdocs"));
  });
  const expected = [...files].map(([path, content]) => ({
    path: urlPath(path),
    sha256: createHash("sha256").update(content).digest("hex"),
  }));
  const port = await published(folder, "80");
  for (const { path, sha256 } of expected) {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    const content = Buffer.from(await response.arrayBuffer());
    expect({ path, sha256: createHash("sha256").update(content).digest("hex") }).toEqual({
      path,
      sha256,
    });
  }
  // The page as static files, as on somebody's web server.
  const out = temporaryFolder();
  await mirageOk(["run", "--out", out], folder);
  const { serve } = await import("@mirage/browser");
  const { url, close } = await serve(out);
  const page = await openPage(await openBrowser(), url);
  await page.frameLocator("#frame").locator("body").waitFor();
  const site = await sitePath(page);
  for (const { path, sha256 } of expected) {
    expect({ path, ...(await fetched(page, site + path.slice(1))) }).toEqual({
      path,
      status: 200,
      sha256,
    });
  }
  await page.getByRole("button", { name: "Stop" }).click();
  await inState(page, "stopped");
  await close();
});
