import { join } from "node:path";
import { run } from "./mirage.js";

interface TerminalOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** The terminal's width; by default 80. */
  readonly columns?: number;
  /** What is typed at the command's prompt `> `. */
  readonly keys?: string;
  /** A regular expression for what ends it, before the command itself ends. */
  readonly until?: string;
}

/** Runs a command in a terminal of its own, and returns what is on it at the end. */
export async function onTerminal(
  command: readonly string[],
  { cwd, env, columns = 80, keys = "", until = "" }: TerminalOptions,
): Promise<string> {
  const program = join(import.meta.dirname, "terminal.py");
  const args = [program, String(columns), keys, until, ...command];
  return (await run("python3", args, { cwd, env })).stdout;
}
