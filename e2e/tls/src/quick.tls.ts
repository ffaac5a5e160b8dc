import { expect } from "vitest";
import {
  ended,
  file,
  gnutlsClient,
  opensslClient,
  opensslServer,
  ourClient,
  ourServer,
  tlsTest,
} from "./peers.js";

tlsTest("OpenSSL asks again after a HelloRetryRequest", async () => {
  const { running, port } = await ourServer("p256", "groups=18");
  const client = opensslClient(port, "hello\n", "-groups", "X25519:P-384", "-quiet");
  await client.says(/^hello$/m);
  await running.says(/established \S+ secp384r1/);
});

tlsTest("OpenSSL comes back by a ticket", async () => {
  const { running, port } = await ourServer("p256");
  const first = opensslClient(port, "one\n", "-sess_out", file("session"), "-quiet");
  await first.says(/^one$/m);
  await ended(first);
  const second = opensslClient(port, "two\n", "-sess_in", file("session"));
  await second.says(/^Reused, TLSv1\.3/m);
  await second.says(/^two$/m);
  await running.says(/established .* resumed/);
});

tlsTest("both sides take new keys", async () => {
  const { port } = await ourServer("p256");
  const client = opensslClient(port, "update\n");
  await client.says(/^update$/m);
  client.child.stdin?.write("K\n");
  await client.says(/KEYUPDATE/);
  client.child.stdin?.write("again\n");
  await client.says(/^again$/m);
});

tlsTest("a certificate of OpenSSL's client is asked for, and missed", async () => {
  const { running, port } = await ourServer("p256", `require=${file("ca.pem")}`);
  const identity = ["-cert", file("rsa.pem"), "-key", file("rsa.key")];
  const shown = opensslClient(port, "hello\n", "-quiet", ...identity);
  await shown.says(/^hello$/m);
  await running.says(/established .* peer/);
  await ended(shown);
  await opensslClient(port, "hello\n", "-quiet").says(/alert certificate required/);
});

tlsTest("TLS 1.2 and an unknown protocol are refused with their alerts", async () => {
  const { port } = await ourServer("p256", "protocols=http/1.1");
  const old = opensslClient(port, "", "-tls1_2", "-quiet");
  await old.says(/alert protocol version/);
  const other = opensslClient(port, "", "-alpn", "foo", "-quiet");
  await other.says(/alert no application protocol/);
  await opensslClient(port, "", "-alpn", "http/1.1").says(/ALPN protocol: http\/1\.1/);
});

tlsTest("GnuTLS trusts our server", async () => {
  const { port } = await ourServer("p256");
  const client = gnutlsClient(port, "hello\n");
  await client.says(/The certificate is trusted/);
  await client.says(/^hello$/m);
});

tlsTest("our client talks to OpenSSL, comes back by a ticket, and takes new keys", async () => {
  const { port } = await opensslServer("rsa");
  const { stdout, stderr } = await ourClient(port, "localhost", "resume=1");
  expect(stdout).toBe("olleh\nolleh\n");
  expect(stderr).toMatch(/established .* resumed/);
  expect((await ourClient(port, "127.0.0.1", "update=1")).stdout).toBe("olleh\n");
});

tlsTest("our client shows its certificate, after a HelloRetryRequest", async () => {
  const options = ["-groups", "P-384", "-Verify", "1", "-CAfile", file("ca.pem")];
  const { port } = await opensslServer("p256", ...options);
  const identity = [`certificate=${file("p384.pem")}`, `key=${file("p384.key")}`];
  expect((await ourClient(port, "localhost", ...identity)).stdout).toBe("olleh\n");
  expect((await ourClient(port, "localhost")).stderr).toContain("failed certificate_required");
});

tlsTest("our client refuses a server of another name", async () => {
  const { port } = await opensslServer("p256");
  const { stdout, stderr } = await ourClient(port, "elsewhere.test");
  expect(stdout).toBe("");
  expect(stderr).toContain("failed bad_certificate (a certificate for another name)");
});
