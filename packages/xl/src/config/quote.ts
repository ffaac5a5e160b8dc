const longest = 60;

/** Text of a file as it may stand in a message: short, and without control characters. */
export function quote(text: string): string {
  const shown = text.length > longest ? `${text.slice(0, longest)}…` : text;
  const asHex = (character: string) =>
    `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  return `\`${shown.replace(/\p{Cc}/gu, asHex)}\``;
}
