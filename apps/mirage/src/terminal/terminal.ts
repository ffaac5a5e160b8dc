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

/** A line of progress for a person. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** A line of the command's result. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
