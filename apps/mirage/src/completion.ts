import tab from "@bomb.sh/tab/commander";
import type { Command } from "commander";

/** Adds `mirage completion SHELL` and the requests that the completion scripts make. */
export function addCompletion(program: Command): void {
  tab(program, { completionCommandName: "completion" });
}
