import { spawnSync } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import { inject, onTestFinished, test } from "vitest";
import { Running } from "../../src/support/mirage.js";
import type { KeyKind } from "./certificates.js";

/** A test that is skipped where our peer cannot be compiled, or there is no other. */
export const tlsTest = test.skipIf(inject("peer") === "");

/** The same for tests with NSS. */
export const nssTest = test.skipIf(inject("peer") === "" || !has("tstclnt"));

export function file(name: string): string {
  return join(inject("certificates"), name);
}

/** Whether there is such a program. */
function has(program: string): boolean {
  return spawnSync("which", [program]).status === 0;
}

/** Starts a program that ends with the test. */
export function started(command: string, args: readonly string[], input?: string): Running {
  const running = new Running(command, args, {
    ...(input === undefined ? {} : { stdio: ["pipe", "pipe", "pipe"] }),
  });
  running.child.stdin?.on("error", () => {});
  if (input !== undefined) running.child.stdin?.write(input);
  onTestFinished(async () => {
    running.child.kill("SIGKILL");
    await running.finished;
  });
  return running;
}

/** Our server, which sends back each line; what it tells is on stderr. */
export async function ourServer(kind: KeyKind, ...options: string[]) {
  const args = ["server", "0", file(`${kind}.pem`), file(`${kind}.key`), ...options];
  const running = started(inject("peer"), args);
  const [, port = ""] = await running.says(/listening (\d+)/);
  return { running, port };
}

/** Our client, which sends a line and prints what comes back. */
export function ourClient(port: string, name: string, ...options: string[]) {
  return ourClientSays("hello\n", port, name, ...options);
}

/** The same with something else to send. */
export function ourClientSays(text: string, port: string, name: string, ...options: string[]) {
  const running = started(inject("peer"), ["client", port, name, file("ca.pem"), ...options], "");
  running.child.stdin?.end(text);
  return running.finished;
}

/** Ends a client, as our server serves one after the other. */
export async function ended(client: Running): Promise<void> {
  client.child.kill("SIGTERM");
  await client.finished;
}

/** OpenSSL's server, which sends each line back reversed. */
export async function opensslServer(kind: KeyKind, ...options: string[]) {
  const port = await freePort();
  const identity = ["-cert", file(`${kind}.pem`), "-key", file(`${kind}.key`)];
  const args = ["s_server", "-accept", `127.0.0.1:${port}`, ...identity, "-tls1_3", "-rev"];
  const running = started("openssl", [...args, ...options]);
  await running.says(/ACCEPT/);
  return { running, port };
}

/** OpenSSL's client; its input stays open until `lines` have been answered. */
export function opensslClient(port: string, lines: string, ...options: string[]): Running {
  const trust = ["-CAfile", file("ca.pem"), "-verify_return_error"];
  const args = ["s_client", "-connect", `127.0.0.1:${port}`, ...trust, ...options];
  return started("openssl", args, lines);
}

export function gnutlsClient(port: string, lines: string): Running {
  const args = [`--x509cafile=${file("ca.pem")}`, "-p", port, "localhost"];
  return started("gnutls-cli", [...args, "--priority", "NORMAL:-VERS-ALL:+VERS-TLS1.3"], lines);
}

export async function freePort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (address === null || typeof address === "string") throw new Error("no port");
  return String(address.port);
}
