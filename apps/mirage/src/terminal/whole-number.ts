import { InvalidArgumentError } from "commander";

/** An option's value that is a number of things. */
export function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It is not a whole number.");
}
