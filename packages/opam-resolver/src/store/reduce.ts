import { FieldTable, NEWLINE, ScanError, Tokens } from "./tokens.js";

/** What a reduced file is made of: places in it, each with the place in the whole file, in pairs. */
export type Origins = number[];

/**
 * Copies from opam files what a `Scanner` reads, less than half of a repository, so that one thread can leave out
 * the rest while another makes the index.
 */
export class Reducer extends Tokens {
  private readonly wanted = new FieldTable<true>({
    depends: true,
    available: true,
    conflicts: true,
    depopts: true,
    depexts: true,
    flags: true,
    tags: true,
    "conflict-class": true,
    url: true,
  });
  private out: Uint8Array = new Uint8Array(0);
  private outEnd = 0;
  private origins: Origins = [];

  /**
   * Writes the reduced file to `out` from `outStart` on, where there has to be room for twice the file,
   * and returns its end. Undefined if the file is malformed: then the whole is needed to tell where.
   */
  reduce(file: Buffer, out: Uint8Array, outStart: number, origins: Origins): number | undefined {
    this.out = out;
    this.outEnd = outStart;
    this.origins = origins;
    const { length } = origins;
    this.open(file, 0, file.length);
    try {
      this.items();
    } catch (error) {
      if (!(error instanceof ScanError)) throw error;
      origins.length = length;
      return undefined;
    }
    for (let i = length; i < origins.length; i += 2) {
      origins[i] = (origins[i] as number) - outStart;
    }
    return this.outEnd;
  }

  protected override field(start: number, end: number): void {
    super.field(start, end);
    if (this.wanted.at(this.bytes, start, end)) this.copy(start);
  }

  protected override section(start: number, end: number): void {
    super.section(start, end);
    if (this.wanted.at(this.bytes, start, end)) this.copy(start);
  }

  /** Copies what was read from `start` on. */
  private copy(start: number): void {
    this.origins.push(this.outEnd, start);
    this.outEnd += this.bytes.copy(this.out, this.outEnd, start, this.at);
    this.out[this.outEnd++] = NEWLINE;
  }
}

/** The place in the whole file of a place in the reduced one. */
export function originOf(place: number, origins: ArrayLike<number>, from = 0): number {
  let best = from;
  for (let i = from; i < origins.length && (origins[i] as number) <= place; i += 2) best = i;
  return (origins[best + 1] ?? 0) + place - (origins[best] ?? 0);
}
