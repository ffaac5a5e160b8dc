import { relative } from "node:path";
import { planClean, readState } from "@mirage/project";
import { applicationFolder } from "../application.js";
import { perform } from "../terminal/perform.js";
import { say } from "../terminal/terminal.js";

interface CleanOptions {
  readonly dryRun?: true;
  readonly json?: true;
}

/** `mirage clean`: removes what configure and build made, but nothing that somebody edited. */
export async function clean(file: string | undefined, options: CleanOptions): Promise<void> {
  const directory = await applicationFolder(file);
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
