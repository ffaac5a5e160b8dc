/** What the escapes of xl stand for; it knows no others that work (`xlu__cfgl_dequote`). */
const escapes: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  "'": "'",
  '"': '"',
};

const letters = new Map(Object.entries(escapes).map(([letter, meant]) => [meant, letter]));

/** An escape that xl does not take; `offset` counts from the start of the raw text. */
export interface EscapeFault {
  readonly offset: number;
  readonly length: number;
  readonly message: string;
  readonly hint: string;
}

/** The text that a string stands for, and the escapes in it that are wrong. */
export function decodeString(raw: string): { value: string; faults: readonly EscapeFault[] } {
  const faults: EscapeFault[] = [];
  const value = raw.replace(/\\([^\n])/gu, (written, letter: string, offset: number) => {
    const meant = escapes[letter];
    if (meant !== undefined) return meant;
    faults.push({
      offset,
      length: written.length,
      message: `xl does not know the escape \`${written}\``,
      hint: /[x0-7]/.test(letter)
        ? "write the character itself: xl has no numeric escapes that work"
        : "a backslash is written `\\\\`",
    });
    return written;
  });
  return { value, faults };
}

/** A string with its quotes, or nothing when xl has no way to write it. */
export function encodeString(value: string): string | undefined {
  if (/[\0\p{Surrogate}]/u.test(value)) return undefined;
  const quote = value.includes('"') && !value.includes("'") ? "'" : '"';
  const raw = value.replace(/[\p{Cc}\\'"]/gu, (character) => {
    const letter = letters.get(character);
    const isOtherQuote = /['"]/.test(character) && character !== quote;
    return letter === undefined || isOtherQuote ? character : `\\${letter}`;
  });
  return `${quote}${raw}${quote}`;
}
