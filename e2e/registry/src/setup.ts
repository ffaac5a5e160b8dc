import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { versionsIn } from "./support/packages.js";
import { type Registry, startRegistry } from "./support/registry.js";
import { release } from "./support/release.js";
import { copyWorkspace, git } from "./support/workspace-copy.js";

declare module "vitest" {
  interface ProvidedContext {
    /** URL of a registry that has the packages of this workspace, as `pnpm release` published them. */
    registry: string;
    /** The copy of the workspace that they were published from. */
    workspace: string;
    /** The versions that the first release gave to the packages, by name. */
    firstRelease: Record<string, string>;
    /** A folder for everything that a user of the packages has. */
    user: string;
  }
}

/** vitest's global setup: publishes everything, after a change that changesets makes a version of. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), "mirage-registry-"));
  let registry: Registry | undefined;
  const tearDown = async () => {
    await registry?.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    registry = await startRegistry(join(folder, "registry"));
    const workspace = join(folder, "workspace");
    copyWorkspace(workspace);
    writeFileSync(
      join(workspace, ".changeset/first.md"),
      '---\n"@mirage/diagnostics": minor\n---\n\nErrors are friendlier.\n',
    );
    git(workspace, "add", "--all");
    git(workspace, "commit", "--quiet", "--message", "A change");
    await release(workspace, registry.url);
    project.provide("registry", registry.url);
    project.provide("workspace", workspace);
    project.provide("firstRelease", versionsIn(workspace));
    project.provide("user", join(folder, "user"));
  } catch (error) {
    await tearDown();
    throw error;
  }
  return tearDown;
}
