import { dirname, resolve } from "node:path";
import { confPath, stateFor } from "@mirage/application";
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
  const { plan, kept } = await planClean(directory, state);
  await perform(plan, options);
  for (const path of kept) say(`kept ${path}: it was edited since mirage wrote it`);
}
