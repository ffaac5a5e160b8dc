import { join, relative } from "node:path";
import { compile, configuredFolder } from "@mirage/application";
import { perform } from "../terminal/perform.js";
import type { ProgressFlags } from "../terminal/progress/progress.js";
import { say } from "../terminal/terminal.js";

interface BuildOptions extends ProgressFlags {
  readonly dryRun?: true;
  readonly json?: true;
}

/** `mirage build`: calls the generated Makefile, which also works by hand. */
export async function build(file: string | undefined, options: BuildOptions): Promise<void> {
  const application = await configuredFolder(file);
  await perform(compile(application), options);
  if (options.dryRun) return;
  const program = relative(process.cwd(), join(application.directory, application.program));
  const named = file === undefined ? "" : ` ${file}`;
  say(`${program} is ready: \`mirage run${named}\` starts it`);
}
