import { MirageError } from "@mirage/diagnostics";
import { CommanderError } from "commander";
import { createProgram, listCompletion } from "./program.js";

const usageError = 2;
const bug = 70;

/** Runs one command line (without `node mirage`) and returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  process.stdout.on("error", ignoreClosedPipe);
  process.stderr.on("error", ignoreClosedPipe);
  const program = createProgram();
  try {
    if (args[0] === "completion" || args[0] === "complete") {
      const { addCompletion } = await import("./completion.js");
      addCompletion(program);
    } else {
      listCompletion(program);
    }
    await program.parseAsync(args, { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usageError;
    return await report(error, args.includes("--verbose"));
  }
}

async function report(thrown: unknown, verbose: boolean): Promise<number> {
  const [{ fromSystemError, renderError }, { readFileSync }, { stderrColor }] = await Promise.all([
    import("@mirage/diagnostics"),
    import("node:fs"),
    import("./terminal.js"),
  ]);
  const error = fromSystemError(thrown);
  const source = (file: string) => {
    try {
      return readFileSync(file, "utf8");
    } catch {
      return undefined;
    }
  };
  process.stderr.write(`${renderError(error, { source, color: stderrColor(), verbose })}\n`);
  return error instanceof MirageError ? error.exitCode : bug;
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}
