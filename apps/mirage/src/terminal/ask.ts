import { MirageError } from "@mirage/diagnostics";

/** Whether there is a person at a terminal to be asked. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** The answer to a question; Ctrl-C, a symbol to the prompts, ends the command. */
export function answered<T>(answer: T): Exclude<T, symbol> {
  if (typeof answer !== "symbol") return answer as Exclude<T, symbol>;
  throw new MirageError("ERR_MIRAGE_INTERRUPTED", "interrupted");
}
