import { describe, expect } from "vitest";
import { keyKinds } from "./certificates.js";
import { opensslClient, opensslServer, ourClient, ourServer, tlsTest } from "./peers.js";

const suites = {
  TLS_AES_128_GCM_SHA256: "1301",
  TLS_AES_256_GCM_SHA384: "1302",
  TLS_CHACHA20_POLY1305_SHA256: "1303",
} as const;

const groups = { X25519: "1d", "P-256": "17", "P-384": "18" } as const;

describe.each(keyKinds)("a key of %s", (kind) => {
  describe.each(Object.entries(suites))("%s", (suite, suiteNumber) => {
    tlsTest.each(Object.entries(groups))("%s", async (group, groupNumber) => {
      const ours = await ourServer(kind);
      const options = ["-ciphersuites", suite, "-groups", group, "-servername", "localhost"];
      await opensslClient(ours.port, "hello\n", "-quiet", ...options).says(/^hello$/m);
      await ours.running.says(new RegExp(`established ${suite} .*name=localhost`));
      const theirs = await opensslServer(kind);
      const chosen = [`suites=${suiteNumber}`, `groups=${groupNumber}`];
      const { stdout, stderr } = await ourClient(theirs.port, "localhost", ...chosen);
      expect(stdout).toBe("olleh\n");
      expect(stderr).toContain(`established ${suite}`);
    });
  });
});
