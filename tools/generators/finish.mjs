import { run } from "../workspace.mjs";

/** What a generator does once its files are written: commands, then the steps that only people can do. */
export function finish(commands, steps) {
  return () => {
    for (const [command, ...args] of commands) run(command, args);
    console.log(["", "Next:", ...steps.map((step) => `- ${step}`)].join("\n"));
  };
}

export const format = ["biome", "check", "--write", "--log-level=error", "."];
