import { dirname, relative, resolve } from "node:path";
import { confPath } from "@mirage/application";
import { planClean, readState } from "@mirage/project";
import { perform } from "../terminal/perform.js";
import { say } from "../terminal/terminal.js";

interface CleanOptions {
  readonly dryRun?: true;
  readonly json?: true;
}

/** `mirage clean`: removes what configure and build made, but nothing that somebody edited. */
export async function clean(file: string | undefined, options: CleanOptions): Promise<void> {
  const directory = dirname(resolve(await confPath(file)));
  const state = await readState(directory);
  if (!state) {
    say(
      `nothing to clean: ${relative(process.cwd(), directory) || "this folder"} is not configured`,
    );
    return;
  }
  const { plan, kept } = await planClean(directory, state);
  await perform(plan, options);
  for (const path of kept) say(`kept ${path}: it was edited since mirage wrote it`);
}
