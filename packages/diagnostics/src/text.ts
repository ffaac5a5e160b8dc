const longest = 60;

/** Text of a file as it may stand in a message: short, and without control characters. */
export function quote(text: string): string {
  const shown = text.length > longest ? `${text.slice(0, longest)}…` : text;
  const asHex = (character: string) =>
    `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  return `\`${shown.replace(/\p{Cc}/gu, asHex)}\``;
}

/** A word of a command line as a POSIX shell reads it back, in quotes only where it needs them. */
export function shellWord(word: string): string {
  return /^[\w@%+:,./-][\w@%+=:,./-]*$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A length of time for a person, to the second below an hour: `8 s`, `1 min 5 s`, `2 h 3 min`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  const [value, unit, rest, restUnit] =
    minutes < 60
      ? [minutes, "min", whole % 60, "s"]
      : [Math.floor(minutes / 60), "h", minutes % 60, "min"];
  return rest === 0 ? `${value} ${unit}` : `${value} ${unit} ${rest} ${restUnit}`;
}
