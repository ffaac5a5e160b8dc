import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { launch } from "../test/launch.js";
import { ControlServer } from "./control-server.js";

let folder: string;
let socket: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mirage-runner-test-"));
  socket = join(folder, "control");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A unikernel for sockets that answers requests. */
const program = `#!/bin/sh
while read -r id word text <&$MIRAGE_CONTROL_FD; do
  case "$word" in
    count) echo "$id more MQ==" ; running=$id ;;
    stop) [ "$text" = "$running" ] && echo "$text ok {\\"last\\":2}"; echo "$id error nothing to stop" ;;
    end) exit 0 ;;
    *) echo "$id ok {\\"word\\":\\"$word\\",\\"text\\":\\"$text\\"}" ;;
  esac >&$MIRAGE_CONTROL_FD
done
`;

async function started() {
  const binary = join(folder, "mir-test");
  writeFileSync(binary, program, { mode: 0o755 });
  const run = launch({ mode: "socket", binary, sandbox: "none", control: socket });
  await run.event("running");
  for (let tries = 0; !existsSync(socket) && tries < 500; tries++) {
    await new Promise((settle) => setTimeout(settle, 10));
  }
  return run;
}

async function ask(request: string): Promise<Socket> {
  const client = connect({ path: socket, allowHalfOpen: true });
  client.setEncoding("utf8");
  await once(client, "connect");
  client.write(`${request}\n`);
  return client;
}

async function all(client: Socket): Promise<string> {
  let text = "";
  for await (const chunk of client) text += chunk;
  client.destroy();
  return text;
}

test("each client gets the answer to its own request, and only this user may ask", async () => {
  const run = await started();
  expect(statSync(socket).mode & 0o777).toBe(0o600);
  const clients = await Promise.all([ask("one a b"), ask("two"), ask("three")]);
  expect(await Promise.all(clients.map(all))).toEqual([
    'ok {"word":"one","text":"a b"}\n',
    'ok {"word":"two","text":""}\n',
    'ok {"word":"three","text":""}\n',
  ]);
  const last = await ask("end");
  await run.exit;
  expect(existsSync(socket)).toBe(false);
  last.destroy();
});

test("a request that goes on is stopped by whoever asked", async () => {
  await started();
  const counting = await ask("count");
  expect(await once(counting, "data")).toEqual(["more MQ==\n"]);
  counting.end();
  expect(await all(counting)).toBe('ok {"last":2}\n');
});

test("a line that is too long is passed on to nobody", async () => {
  await started();
  const client = await ask("x".repeat(5000));
  client.on("error", () => {});
  expect((await all(client).catch(() => "")).length).toBe(0);
});

test("a program that ends with a request unread is not the end of its runner", async () => {
  const program = new PassThrough();
  const steering = { pause() {}, resume() {}, restart() {} };
  const server = await ControlServer.listen(socket, program, steering);
  const closed = new Promise((settle) => program.once("close", settle));
  program.destroy(new Error("read ECONNRESET"));
  await closed;
  server.close();
});

test("a paused program answers nobody, and a restart is its runner's to make", async () => {
  const run = await started();
  expect(await all(await ask("pause"))).toBe("ok {}\n");
  await run.event("paused");
  expect(await all(await ask("one"))).toBe("error it is paused\n");
  expect(await all(await ask("resume"))).toBe("ok {}\n");
  await run.event("resumed");
  expect(await all(await ask("one"))).toBe('ok {"word":"one","text":""}\n');
  expect(await all(await ask("restart"))).toBe("ok {}\n");
  await run.event("restart-asked");
  await ask("pause").then(all);
  expect(await run.stop()).toEqual({ code: null, signal: "SIGTERM" });
});
