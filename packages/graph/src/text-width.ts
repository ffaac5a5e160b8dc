/** A font as far as its widths go: pixels, and whether all letters are equally wide. */
export interface Font {
  readonly size: number;
  readonly isMonospace: boolean;
  /** Bold letters are wider. */
  readonly stretch: number;
}

export const fonts = {
  title: { size: 20, isMonospace: false, stretch: 1.08 },
  label: { size: 14, isMonospace: false, stretch: 1.06 },
  detail: { size: 11.5, isMonospace: true, stretch: 1 },
  note: { size: 12, isMonospace: false, stretch: 1 },
} as const satisfies Record<string, Font>;

/**
 * How wide a text is at least as likely as not to be, in pixels. Which font shows it is known only
 * where it is shown, so that these are the widths of a wide one: DejaVu Sans and its Mono.
 */
export function textWidth(text: string, { size, isMonospace, stretch }: Font): number {
  let ems = 0;
  for (const character of text) ems += isMonospace ? 0.602 : emsOf(character);
  return ems * size * stretch;
}

function emsOf(character: string): number {
  if (/[ijlI.,:;'|!]/.test(character)) return 0.33;
  if (/[ftr()[\]/\- ]/.test(character)) return 0.41;
  if (/[mwMW@%]/.test(character)) return 0.95;
  if (/[A-Z0-9_#]/.test(character)) return 0.68;
  return character > "\u2e80" ? 1 : 0.61;
}

/** Lines of words, each as wide as it may be. */
export function wrap(words: readonly string[], width: number, font: Font): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && textWidth(longer, font) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
