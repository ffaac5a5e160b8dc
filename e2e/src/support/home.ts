import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** An empty HOME for the whole run: what a first-time user has. */
    home: string;
  }
}

/** vitest's global setup: one empty HOME, shared by all files so that opam's root is made once. */
export function setup(project: TestProject): () => void {
  const home = mkdtempSync(join(tmpdir(), "mirage-e2e-"));
  project.provide("home", home);
  return () => rmSync(home, { recursive: true, force: true });
}
