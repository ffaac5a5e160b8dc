/**
 * A set of positions in a list, as ascending pairs `from, to` (`to` exclusive) that neither touch nor
 * overlap.
 */
export type Ranges = readonly number[];

export const nothing: Ranges = [];

/** All positions below `size`. */
export function everything(size: number): Ranges {
  return size === 0 ? nothing : [0, size];
}

export function union(a: Ranges, b: Ranges): Ranges {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const result: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const takeA = j >= b.length || (i < a.length && (a[i] as number) <= (b[j] as number));
    const from = (takeA ? a[i] : b[j]) as number;
    const to = (takeA ? a[i + 1] : b[j + 1]) as number;
    if (takeA) i += 2;
    else j += 2;
    const last = result.length - 1;
    if (last >= 0 && (result[last] as number) >= from) {
      result[last] = Math.max(result[last] as number, to);
    } else {
      result.push(from, to);
    }
  }
  return result;
}

export function intersection(a: Ranges, b: Ranges): Ranges {
  const result: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const from = Math.max(a[i] as number, b[j] as number);
    const to = Math.min(a[i + 1] as number, b[j + 1] as number);
    if (from < to) result.push(from, to);
    if ((a[i + 1] as number) < (b[j + 1] as number)) i += 2;
    else j += 2;
  }
  return result;
}

/** The positions below `size` that aren't in the set. */
export function complement(a: Ranges, size: number): Ranges {
  const result: number[] = [];
  let from = 0;
  for (let i = 0; i < a.length; i += 2) {
    if (from < (a[i] as number)) result.push(from, a[i] as number);
    from = a[i + 1] as number;
  }
  if (from < size) result.push(from, size);
  return result;
}

export function contains(a: Ranges, position: number): boolean {
  for (let i = 0; i < a.length; i += 2) {
    if (position < (a[i] as number)) return false;
    if (position < (a[i + 1] as number)) return true;
  }
  return false;
}
