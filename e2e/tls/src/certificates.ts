import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** What OpenSSL makes a key of each kind with. */
const kinds = {
  p256: ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
  p384: ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"],
  rsa: ["-newkey", "rsa:2048"],
  ed25519: ["-newkey", "ed25519"],
} as const;

export type KeyKind = keyof typeof kinds;

export const keyKinds = Object.keys(kinds) as KeyKind[];

/** `ca.pem`, and `KIND.pem` with `KIND.key` for localhost, signed by it. */
export function makeCertificates(folder: string): void {
  const openssl = (...args: string[]) =>
    execFileSync("openssl", args, { cwd: folder, stdio: "ignore" });
  const authority = ["-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=authority"];
  openssl("req", "-x509", ...kinds.p256, "-nodes", ...authority, "-days", "3");
  const extensions = "subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n";
  writeFileSync(join(folder, "extensions"), extensions);
  for (const [kind, key] of Object.entries(kinds)) {
    const request = ["-keyout", `${kind}.key`, "-out", `${kind}.csr`, "-subj", `/CN=${kind}`];
    openssl("req", ...key, "-nodes", ...request);
    const signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2"];
    const files = ["-in", `${kind}.csr`, "-out", `${kind}.pem`, "-extfile", "extensions"];
    openssl("x509", "-req", ...files, ...signed);
  }
}
