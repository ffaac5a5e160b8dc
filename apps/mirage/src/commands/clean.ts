import { dirname, resolve } from "node:path";
import { confPath, stateFor } from "@mirage/application";
import { type OwnedPaths, ownedPaths } from "@mirage/codegen";
import { loadConf } from "@mirage/conf";
import { MirageError } from "@mirage/diagnostics";
import { planClean } from "@mirage/project";
import { perform } from "../terminal/perform.js";
import { say } from "../terminal/terminal.js";

interface CleanOptions {
  readonly dryRun?: true;
  readonly json?: true;
}

/** `mirage clean`: removes what configure and build made, but nothing that somebody edited. */
export async function clean(file: string | undefined, options: CleanOptions): Promise<void> {
  const path = await confPath(file);
  const state = await stateFor(path);
  if (!state) {
    say(`nothing to clean: ${path} is not configured`);
    return;
  }
  const directory = dirname(resolve(path));
  const { plan, kept } = await planClean(directory, state, await ownedBy(path));
  await perform(plan, options);
  for (const { path, because } of kept) say(`kept ${path}: ${because}`);
}

/** What the configuration makes; if it has errors, what every one makes. */
async function ownedBy(path: string): Promise<OwnedPaths> {
  try {
    return ownedPaths((await loadConf(path)).configuration);
  } catch (error) {
    if (!(error instanceof MirageError)) throw error;
    say(`${path} has errors: what is called as the application stays`);
    return ownedPaths(undefined);
  }
}
