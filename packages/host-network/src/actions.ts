import type { Action } from "@mirage/plan";
import { programPath } from "./requirements.js";

/** A command that is found where root's programs are, whatever the PATH. */
export function run(program: string, args: readonly string[], title: string): Action {
  return { kind: "run", command: programPath(program), args, title };
}

/** A call of ip(8). */
export function ip(...words: string[]): Action {
  return run("ip", words, ["ip", ...words].join(" "));
}
