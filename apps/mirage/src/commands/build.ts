import { join, relative } from "node:path";
import { requireState } from "@mirage/project";
import { applicationFolder } from "../application.js";
import { compile } from "../compile.js";
import { perform } from "../terminal/perform.js";
import { say } from "../terminal/terminal.js";

interface BuildOptions {
  readonly dryRun?: true;
  readonly json?: true;
}

/** `mirage build`: calls the generated Makefile, which also works by hand. */
export async function build(file: string | undefined, options: BuildOptions): Promise<void> {
  const directory = await applicationFolder(file);
  const { name, products } = await requireState(directory);
  await perform(compile(directory, name), options);
  if (options.dryRun) return;
  const program = relative(process.cwd(), join(directory, products[0] ?? ""));
  say(`${program} is ready: \`mirage run\` starts it`);
}
