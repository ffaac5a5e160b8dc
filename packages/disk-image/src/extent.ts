/** Bytes that lie one after another, and where: `offset` counts from the start of the disk. */
export interface Extent {
  readonly offset: number;
  /** In bytes, more than 0. */
  readonly length: number;
  readonly content: Content;
}

/** The bytes themselves, or a file that has exactly as many. */
export type Content = Uint8Array | { readonly file: string };

/** A stretch of a disk, in bytes. */
export interface Range {
  readonly offset: number;
  readonly length: number;
}

/** An extent of bytes that are at hand. */
export function bytesAt(offset: number, content: Uint8Array): Extent {
  return { offset, length: content.byteLength, content };
}

/** The ranges that extents cover: in order, and with a gap between any two. */
export function coveredRanges(extents: readonly Extent[]): Range[] {
  const sorted = [...extents].sort((a, b) => a.offset - b.offset);
  const ranges: Range[] = [];
  for (const { offset, length } of sorted) {
    const last = ranges.at(-1);
    if (last !== undefined && offset <= last.offset + last.length) {
      const end = Math.max(last.offset + last.length, offset + length);
      ranges[ranges.length - 1] = { offset: last.offset, length: end - last.offset };
    } else {
      ranges.push({ offset, length });
    }
  }
  return ranges;
}
