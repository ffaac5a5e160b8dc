import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { TestProject } from "vitest/node";
import { makeCertificates } from "./certificates.js";

declare module "vitest" {
  interface ProvidedContext {
    /** The program of `runtime-tls/test/peer.ml`; empty where it cannot be compiled. */
    peer: string;
    /** A folder with `ca.pem`, and a certificate and a key for each kind of key. */
    certificates: string;
  }
}

const packages = resolve(import.meta.dirname, "../../../packages");

/** Compiles our peer, and makes certificates for the run. */
export function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), "mirage-e2e-tls-"));
  const lacking = ["dune", "openssl", "gnutls-cli"].filter(
    (program) => spawnSync("which", [program]).status !== 0,
  );
  if (lacking.length > 0) {
    console.warn(`all is skipped: ${lacking.join(", ")} missing`);
    project.provide("peer", "");
  } else {
    execFileSync("dune", ["build", "--root", packages, "./runtime-tls/test/peer.exe"]);
    project.provide("peer", join(packages, "_build/default/runtime-tls/test/peer.exe"));
    makeCertificates(folder);
  }
  project.provide("certificates", folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
