import { type ErrorCode, MirageError } from "@mirage/diagnostics";

/** Refuses a value that would end early in a comma list. `what` names it. */
export function checkPart(code: ErrorCode, what: string, value: string): string {
  if (!/[,\n\0]/.test(value)) return value;
  throw new MirageError(code, `${what} cannot be written as \`${value}\``, {
    hint: "it has no comma and no line end",
  });
}

/** A number that is written in digits. */
export function readCount(code: ErrorCode, what: string, text: string): number {
  const value = Number(text);
  if (/^[0-9]+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new MirageError(code, `${what} is a number, not \`${text}\``, {
    hint: "write it in decimal digits",
  });
}

/** One of a few words. */
export function readChoice<const T extends string>(
  code: ErrorCode,
  what: string,
  text: string,
  choices: readonly T[],
): T {
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw new MirageError(code, `${what} cannot be \`${text}\``, {
    hint: `write one of ${choices.join(", ")}`,
  });
}
