import { once } from "node:events";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { askInstance, controlSocket } from "./control.js";
import type { Instance } from "./list.js";

let instance: Instance;
const servers: { close(): unknown }[] = [];

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), "mirage-instances-test-"));
  instance = { name: "shop", user: "me", status: "running", folder } as Instance;
});

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  rmSync(instance.folder, { recursive: true, force: true });
});

/** Serves the instance's socket by `answer`, which gets each request. */
async function answering(answer: (request: string, client: Socket) => void): Promise<void> {
  const server = createServer({ allowHalfOpen: true }, (client) => {
    client.setEncoding("utf8");
    client.on("error", () => {});
    client.once("data", (text: string) => answer(text, client));
  });
  servers.push(server);
  server.listen(controlSocket(instance.folder));
  await once(server, "listening");
}

test("an answer is an object", async () => {
  await answering((request, client) => client.end(`ok ${JSON.stringify({ request })}\n`));
  expect(await askInstance(instance, "stats")).toEqual({ request: "stats\n" });
});

test("what the program says against it is the error", async () => {
  await answering((_, client) => client.end("error there is no request x\n"));
  await expect(askInstance(instance, "x", { timeoutMs: 5000 })).rejects.toMatchObject({
    code: "ERR_MIRAGE_CONTROL_REFUSED",
    message: "shop: there is no request x",
  });
});

test("a request that goes on is stopped, and has a last answer", async () => {
  await answering((_, client) => {
    client.write(`more ${Buffer.from("a").toString("base64")}\n`);
    client.on("end", () => client.end(`more ${Buffer.from("b").toString("base64")}\nok {"n":2}\n`));
  });
  const stop = new AbortController();
  let text = "";
  const onMore = (data: Buffer) => {
    text += data;
    stop.abort();
  };
  expect(await askInstance(instance, "capture", { onMore, signal: stop.signal })).toEqual({ n: 2 });
  expect(text).toBe("ab");
});

test("who is silent, is gone, was never there or says nonsense", async () => {
  const code = (end: string) => ({ code: `ERR_MIRAGE_CONTROL_${end}` });
  await expect(askInstance(instance, "stats")).rejects.toMatchObject(code("ENDED"));
  symlinkSync("/dev/null", controlSocket(instance.folder));
  await expect(askInstance(instance, "stats")).rejects.toMatchObject(code("ENDED"));
  rmSync(controlSocket(instance.folder));
  await answering((request, client) => {
    if (request === "end\n") client.end();
    if (request === "nonsense\n") client.end("ok {\n");
    if (request === "list\n") client.end("ok 1\n");
  });
  await expect(askInstance(instance, "end")).rejects.toMatchObject(code("ENDED"));
  await expect(askInstance(instance, "nonsense")).rejects.toMatchObject(code("REFUSED"));
  await expect(askInstance(instance, "list")).rejects.toMatchObject(code("REFUSED"));
  await expect(askInstance(instance, "wait", { timeoutMs: 50 })).rejects.toMatchObject(
    code("SILENT"),
  );
});
