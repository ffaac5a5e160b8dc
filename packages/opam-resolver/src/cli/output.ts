import { writeSync } from "node:fs";

/** Writes to stdout: at once where that can be, as it takes longer to make a stream of it. */
export function print(text: string): void {
  let rest = Buffer.from(text);
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(1, rest));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // The reader of our output may go away.
    if (code === "EPIPE") return;
    if (code !== "EAGAIN") throw error;
    process.stdout.on("error", (failure: NodeJS.ErrnoException) => {
      if (failure.code !== "EPIPE") throw failure;
    });
    process.stdout.write(rest);
  }
}
