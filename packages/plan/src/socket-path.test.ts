import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { withSocketPath } from "./socket-path.js";

test.runIf(process.platform === "linux")("a socket deep in folders is reached", async () => {
  const top = mkdtempSync(join(tmpdir(), "mirage-plan-test-"));
  onTestFinished(() => rmSync(top, { recursive: true }));
  const folder = join(top, "x".repeat(120));
  mkdirSync(folder);
  const path = join(folder, "socket");
  const server = createServer((socket) => socket.end("here"));
  onTestFinished(() => void server.close());
  withSocketPath(path, (short) => server.listen(short));
  await once(server, "listening");
  const client = withSocketPath(path, (short) => connect(short));
  expect(String((await once(client, "data"))[0])).toBe("here");
});

test("a short path is itself", () => {
  expect(withSocketPath("/run/x", (path) => path)).toBe("/run/x");
});
