import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import type { ArchitectureName } from "./dom0/architecture.js";
import { PackagesUnavailable } from "./dom0/debian.js";
import { type Dom0Image, dom0Image } from "./dom0/image.js";
import { missingPackages } from "./requirements.js";

declare module "vitest" {
  interface ProvidedContext {
    /** What the rigs boot; undefined if this machine can't. */
    image: Dom0Image | undefined;
    /** A folder for everything of this run, gone after it; it is also the HOME of a new user. */
    home: string;
    /** Where the logs of rigs are kept that failed. */
    logs: string;
  }
}

/** vitest's global setup. */
export function setup(project: TestProject): Promise<() => void> {
  return provideRig(project, "amd64");
}

/**
 * dom0's image, or the reason why nothing that boots is tested; and a place for temporary files, so
 * that what is killed leaves nothing behind.
 */
export async function provideRig(
  project: TestProject,
  architecture: ArchitectureName,
): Promise<() => void> {
  const logs = tmpdir();
  const home = mkdtempSync(join(logs, "mirage-xen-"));
  const cleanUp = () => rmSync(home, { recursive: true, force: true });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      cleanUp();
      process.exit(1);
    });
  }
  process.env.TMPDIR = join(home, "tmp");
  mkdirSync(process.env.TMPDIR);
  project.provide("home", home);
  project.provide("logs", logs);
  project.provide("image", await imageOrReason(architecture));
  return cleanUp;
}

async function imageOrReason(architecture: ArchitectureName): Promise<Dom0Image | undefined> {
  const missing = missingPackages(architecture);
  if (missing.length > 0) return skip(`these Debian packages are missing: ${missing.join(" ")}`);
  try {
    return await dom0Image(say, architecture);
  } catch (error) {
    if (error instanceof PackagesUnavailable) return skip(error.message);
    throw error;
  }
}

function skip(reason: string): undefined {
  say(`Skipping everything that boots Xen: ${reason}`);
}

function say(text: string): void {
  console.error(`\n${text}`);
}
