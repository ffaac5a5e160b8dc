import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { expect } from "vitest";
import { temporaryFolder } from "../../src/support/mirage.js";
import { type KeyKind, keyKinds } from "./certificates.js";
import { file, freePort, nssTest, ourClientSays, ourServer, started } from "./peers.js";

/** A database of NSS that trusts the authority, and may have a key of a server. */
function database(kind?: KeyKind): string {
  const folder = temporaryFolder();
  const name = `sql:${join(folder, "db")}`;
  mkdirSync(join(folder, "db"));
  const tool = (command: string, ...args: string[]) =>
    execFileSync(command, [...args, "-d", name], { stdio: "ignore" });
  tool("certutil", "-N", "--empty-password");
  tool("certutil", "-A", "-n", "authority", "-t", "C,,", "-i", file("ca.pem"));
  if (kind) {
    const bundle = join(folder, "server.p12");
    const identity = ["-in", file(`${kind}.pem`), "-inkey", file(`${kind}.key`), "-name", "server"];
    execFileSync("openssl", [
      "pkcs12",
      "-export",
      ...identity,
      "-passout",
      "pass:",
      "-out",
      bundle,
    ]);
    tool("pk12util", "-i", bundle, "-W", "");
  }
  return name;
}

/** NSS of Debian 12 has no Ed25519. */
const kinds = keyKinds.filter((kind) => kind !== "ed25519");
const suites = {
  "1301": "AES_128_GCM",
  "1302": "AES_256_GCM",
  "1303": "CHACHA20_POLY1305",
} as const;

nssTest.each(kinds)("NSS trusts our server with a key of %s", async (kind) => {
  for (const [number, suite] of Object.entries(suites)) {
    const { running, port } = await ourServer(kind);
    const version = ["-V", "tls1.3:tls1.3", "-c", `:${number}`];
    const place = ["-h", "127.0.0.1", "-p", port, "-a", "localhost"];
    const client = started(
      "stdbuf",
      [...["-oL", "tstclnt", ...place, "-d", database()], ...version],
      "hello\n",
    );
    await client.says(/^hello$/m);
    await running.says(new RegExp(`established TLS_${suite}_\\S+ .*name=localhost`));
  }
});

nssTest.each(kinds)("our client trusts NSS with a key of %s, and comes back", async (kind) => {
  const port = await freePort();
  const identity = ["-n", "server", "-d", database(kind)];
  started("selfserv", [...identity, "-p", port, "-V", "tls1.3:tls1.3", "-u"]);
  await listening(Number(port));
  const request = "GET / HTTP/1.0\r\n\r\n";
  const { stdout, stderr } = await ourClientSays(request, port, "localhost", "resume=1");
  expect(stdout + stderr).toMatch(
    /established TLS_AES_128_GCM_SHA256[\s\S]*established .* resumed/,
  );
});

/** selfserv does not tell when it listens. */
async function listening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const isOpen = await new Promise<boolean>((settle) => {
      const socket = connect(port, "127.0.0.1", () => settle(true));
      socket.on("error", () => settle(false));
      socket.on("connect", () => socket.destroy());
    });
    if (isOpen) return;
    await new Promise((wake) => setTimeout(wake, 100));
  }
  throw new Error("selfserv does not listen");
}
