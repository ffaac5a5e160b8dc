import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** An empty HOME for the whole run: what a first-time user has. */
    home: string;
  }
}

/**
 * vitest's global setup: one empty HOME, shared by all files so that opam's root is made once, and a
 * place of its own for temporary files, so that what is killed leaves nothing behind.
 */
export function setup(project: TestProject): () => void {
  const root = mkdtempSync(join(tmpdir(), "mirage-e2e-"));
  chmodSync(root, 0o755);
  const home = join(root, "home");
  mkdirSync(home, { mode: 0o700 });
  const temporary = join(root, "tmp");
  mkdirSync(temporary);
  chmodSync(temporary, 0o1777);
  process.env.TMPDIR = temporary;
  project.provide("home", home);
  return () => rmSync(root, { recursive: true, force: true });
}
