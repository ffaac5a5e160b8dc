import { sayThrough, stderrColor } from "../terminal.js";
import { lineProgress, noProgress } from "./lines.js";
import type { Progress, ProgressFlags } from "./progress.js";

/** Does a job whose progress stderr shows: in place on a terminal, otherwise line by line. */
export async function showingProgress<T>(
  flags: ProgressFlags,
  job: (progress: Progress) => Promise<T>,
): Promise<T> {
  const progress = await progressFor(flags);
  let succeeded = false;
  sayThrough(progress.output);
  try {
    const result = await job(progress);
    succeeded = true;
    return result;
  } finally {
    progress.end(succeeded);
    sayThrough(undefined);
  }
}

async function progressFor({ quiet, verbose }: ProgressFlags): Promise<Progress> {
  const write = (text: string) => void process.stderr.write(text);
  if (quiet) return noProgress(write);
  if (verbose || !process.stderr.isTTY || process.env.TERM === "dumb") return lineProgress(write);
  const { inPlaceProgress } = await import("./in-place.js");
  return inPlaceProgress(process.stderr, { color: stderrColor() });
}
