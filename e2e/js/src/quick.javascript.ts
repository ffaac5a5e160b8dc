import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import {
  copyOfExample,
  mirage,
  mirageOk,
  Running,
  startMirage,
  userEnv,
} from "../../src/support/mirage.js";
import { fetched, inState, openBrowser, openPage, sitePath } from "./browser.js";

let folder: string;
let index: Buffer;

beforeAll(async () => {
  const jobs: (() => void)[] = [];
  folder = copyOfExample("www", (job) => jobs.push(job));
  index = readFileSync(join(folder, "htdocs/index.html"));
  await mirageOk(["configure", "--js"], folder);
  await mirageOk(["build"], folder);
  return () => {
    for (const job of jobs) job();
  };
});

const sha256 = (octets: Uint8Array) => createHash("sha256").update(octets).digest("hex");

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== "object" || !address) throw new Error("no port");
  return address.port;
}

async function get(port: number, path = "/"): Promise<Buffer> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

test("the module is small", () => {
  const module = readFileSync(join(folder, "mir-www.js"));
  expect(gzipSync(module, { level: 9 }).length).toBeLessThan(600_000);
  expect(statSync(join(folder, "mir-www.js")).mode & 0o111).not.toBe(0);
});

describe("in Node.js", () => {
  test("the file alone serves on the host's sockets, and ends by a signal", async () => {
    const port = await freePort();
    const running = new Running(process.execPath, ["mir-www.js", "--http-port", `${port}`], {
      cwd: folder,
      env: userEnv(),
    });
    onTestFinished(() => void running.child.kill("SIGKILL"));
    let served: Buffer | undefined;
    for (let i = 0; i < 100 && !served; i++) {
      served = await get(port).catch(() => undefined);
      if (!served) await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(served?.equals(index)).toBe(true);
    running.child.kill("SIGTERM");
    expect((await running.finished).code).toBe(143);
  });

  test("a port that is taken ends it with a sentence", async () => {
    const server = createServer().listen(0, "0.0.0.0");
    await new Promise((resolve) => server.once("listening", resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const { code, stderr } = await new Running(
      process.execPath,
      ["mir-www.js", "--http-port", `${port}`],
      { cwd: folder, env: userEnv() },
    ).finished;
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `TCP port ${port} cannot be had: another program has it\n`,
    });
  });

  test("its own TCP/IP stack serves a published port", async () => {
    const running = startMirage(["run", "--publish", "127.0.0.1:0:80"], folder);
    const [, port = ""] = await running.says(/127\.0\.0\.1:(\d+)/);
    await running.says(/serves TCP port 80/);
    expect((await get(Number(port))).equals(index)).toBe(true);
    running.child.kill("SIGINT");
    expect((await running.finished).code).toBe(130);
  });
});

test("a page is for JavaScript, and takes no ports", async () => {
  const { code, stderr } = await mirage(["run", "--browser", "--publish", "8080:80"], folder);
  expect(code).toBe(2);
  expect(stderr).toContain("a page of a browser takes no --publish");
});

test("in a page of Chromium: the site, a reload, a stop and a new start", async () => {
  const running = startMirage(["run", "--browser"], folder);
  const [, url = ""] = await running.says(/(http:\/\/127\.0\.0\.1:\d+\/)/);
  const page = await openPage(await openBrowser(), url);
  const frame = page.frameLocator("#frame");
  await frame.getByRole("heading", { name: "Served by a unikernel" }).waitFor();
  const first = await sitePath(page);
  expect(await fetched(page, first)).toEqual({ status: 200, sha256: sha256(index) });
  expect((await fetched(page, `${first}nothing`)).status).toBe(404);
  await page.getByRole("button", { name: "Ping" }).click();
  await page.locator("#console", { hasText: "an echo from 10.0.0.2" }).waitFor();

  await page.reload();
  await inState(page, "running");
  await frame.getByRole("heading", { name: "Served by a unikernel" }).waitFor();
  expect(await sitePath(page)).not.toBe(first);

  await page.getByRole("button", { name: "Stop" }).click();
  await inState(page, "stopped");
  expect(await page.locator("#state").textContent()).toBe("stopped, exit code 143");
  await page.getByRole("button", { name: "Go" }).click();
  await frame.getByText("The unikernel does not run").waitFor();

  await page.getByRole("button", { name: "Start" }).click();
  await inState(page, "running");
  await frame.getByRole("heading", { name: "Served by a unikernel" }).waitFor();

  // Nothing is wider than the screen, on a desk and on a phone.
  for (const size of [
    { width: 1280, height: 800 },
    { width: 360, height: 740 },
  ]) {
    await page.setViewportSize(size);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(size.width);
  }
  running.child.kill("SIGINT");
  expect((await running.finished).code).toBe(130);
});
