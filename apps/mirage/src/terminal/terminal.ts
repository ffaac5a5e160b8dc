/** Whether stderr shows colours: a terminal, and neither NO_COLOR nor TERM=dumb against it. */
export function stderrColor(): boolean {
  return showsColor(process.stderr);
}

/** The same of stdout. */
export function stdoutColor(): boolean {
  return showsColor(process.stdout);
}

function showsColor(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR, TERM } = process.env;
  return stream.isTTY === true && !NO_COLOR && TERM !== "dumb";
}

let isQuiet = false;
let write = toStderr;

function toStderr(text: string): void {
  process.stderr.write(text);
}

/** Has what is said go through a display that is on stderr; without one, straight there. */
export function sayThrough(display: ((text: string) => void) | undefined): void {
  write = display ?? toStderr;
}

/** From now on {@link say} says nothing: `--quiet`. */
export function beQuiet(): void {
  isQuiet = true;
}

/** A line of progress for a person. */
export function say(text: string): void {
  if (!isQuiet) complain(text);
}

/** A warning or an error, which `--quiet` does not hold back. */
export function complain(text: string): void {
  write(`${text}\n`);
}

/** A line of the command's result. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
