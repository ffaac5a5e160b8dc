import { readFileSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { copyOfExample, mirage, mirageOk, startMirage } from "./support/mirage.js";

/** A page over a connection of its own. */
function page(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, (response) => resolve(text(response))).on("error", reject);
  });
}

test("--watch replaces the unikernel behind an open port, whatever was changed", async () => {
  const folder = copyOfExample("www");
  await mirageOk(["configure"], folder);
  const running = startMirage(["run", "--watch", "--publish", "127.0.0.1:0:80"], folder);
  const [, port] = await running.says(/http:\/\/127\.0\.0\.1:(\d+)\//);
  const url = `http://127.0.0.1:${port}/`;
  const edit = (file: string, from: string, to: string) => {
    const path = join(folder, file);
    writeFileSync(path, readFileSync(path, "utf8").replace(from, to));
  };
  const served = (text: string) =>
    expect.poll(() => page(url), { timeout: 60_000 }).toContain(text);
  await served("Served by a unikernel");

  // A changed page is served at last, and each request on the way there is answered.
  edit("htdocs/index.html", "Served by a unikernel", "The second edition");
  const deadline = Date.now() + 60_000;
  let last = "";
  while (!last.includes("The second edition") && Date.now() < deadline) {
    last = await page(url);
    expect(last).toMatch(/Served by a unikernel|The second edition/);
  }
  expect(last).toContain("The second edition");

  // A program that doesn't compile leaves the old one.
  edit("dispatch.ml", "let callback", "let callback : int");
  await running.says(/Error: /);
  expect(await page(url)).toContain("The second edition");
  edit("dispatch.ml", "let callback : int", "let callback");
  await running.says(/same as before/);

  // The .conf file is read and configured again.
  edit("www.conf", "ip-address: 10.0.0.2", "ip-address: 10.0.0.3");
  await running.says(/network is up with the address 10\.0\.0\.3/);
  await served("The second edition");

  running.child.kill("SIGINT");
  expect((await running.finished).code).toBe(130);
  await expect(page(url)).rejects.toThrow();
});

test("--watch says that domains are not replaced", async () => {
  const folder = copyOfExample("hello");
  await mirageOk(["configure", "--xen", "--no-install"], folder);
  const refused = await mirage(["run", "--watch"], folder);
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("--unix") });
});
