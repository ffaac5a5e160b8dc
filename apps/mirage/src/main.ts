import { userInfo } from "node:os";
import { isAbsolute } from "node:path";
import { CommanderError } from "commander";
import { createProgram, listCompletion } from "./program.js";

const usageError = 2;

/** Runs one command line (without `node mirage`) and returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  knowHome();
  process.stdout.on("error", ignoreClosedPipe);
  process.stderr.on("error", ignoreClosedPipe);
  const [own, programArgs] = splitAtDashes(args);
  const program = createProgram(programArgs);
  try {
    if (args[0] === "completion" || args[0] === "complete") {
      const { addCompletion } = await import("./terminal/completion.js");
      await addCompletion(program, args);
    } else {
      listCompletion(program);
    }
    await program.parseAsync(own, { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usageError;
    const { report } = await import("./terminal/report.js");
    return report(error, args.includes("--verbose"), args[0]);
  }
}

/** What is mirage's own of a command line, and what stands behind `--` for a program. */
function splitAtDashes(args: readonly string[]): [own: readonly string[], passedOn: string[]] {
  const takesWords = ["run", "exec", "service", "deploy"].includes(args[0] ?? "");
  const at = takesWords ? args.indexOf("--") : -1;
  return at === -1 ? [args, []] : [args.slice(0, at), args.slice(at + 1)];
}

/** A HOME that is empty or relative would put files into the current folder. */
function knowHome(): void {
  if (isAbsolute(process.env.HOME ?? "/")) return;
  delete process.env.HOME;
  process.env.HOME = userInfo().homedir;
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}
