/** A place in a text. */
export interface Position {
  /** UTF-16 units from the start of the text, from 0. */
  readonly offset: number;
  /** Line, from 1. */
  readonly line: number;
  /** Column in UTF-16 units, from 1. */
  readonly column: number;
}

/** A stretch of a file; `end` is exclusive. */
export interface Span {
  readonly file: string;
  readonly start: Position;
  readonly end: Position;
}

/** Turns offsets of one text into lines and columns. */
export interface LineIndex {
  positionAt(offset: number): Position;
  span(file: string, start: number, end: number): Span;
}

/** Indexes the line starts of `text` once, so that each look-up is a binary search. */
export function lineIndex(text: string): LineIndex {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);

  function positionAt(offset: number): Position {
    const within = Math.max(0, Math.min(offset, text.length));
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= within) low = middle;
      else high = middle - 1;
    }
    return { offset: within, line: low + 1, column: within - (starts[low] ?? 0) + 1 };
  }

  return {
    positionAt,
    span: (file, start, end) => ({ file, start: positionAt(start), end: positionAt(end) }),
  };
}
