import {
  CLOSE_BRACKET,
  FieldTable,
  NEWLINE,
  OPEN_BRACKET,
  QUOTE,
  ScanError,
  Tokens,
} from "./tokens.js";

/** What a reduced file is made of: places in it, each with the place in the whole file, in pairs. */
export type Origins = number[];

/**
 * Copies from opam files what a `Scanner` reads, a quarter of a repository, so that one thread can leave out
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
  });
  private readonly sources = new FieldTable<true>({ src: true, http: true, archive: true });
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

  /** Of `url` only matters whether the source comes by HTTP, and whether there are checksums. */
  protected override section(start: number, end: number): void {
    if (end - start !== 3 || !this.startsWith("url", start)) {
      super.section(start, end);
      return;
    }
    this.write("url{", start);
    this.sectionItems((name, nameEnd) => {
      const value = this.at;
      this.skipValue();
      if (this.sources.at(this.bytes, name, nameEnd)) this.copy(name);
      else if (nameEnd - name === 8 && this.startsWith("checksum", name))
        this.checksum(name, value);
    });
    this.write("}\n", this.at - 1);
  }

  private checksum(start: number, value: number): void {
    const end = this.at;
    this.at = value;
    let isPlain = this.peek() === QUOTE;
    if (!isPlain && this.peek() === OPEN_BRACKET) {
      this.at++;
      while (this.peek() === QUOTE) {
        isPlain = true;
        this.skipString();
      }
      isPlain &&= this.peek() === CLOSE_BRACKET;
    }
    this.at = end;
    if (isPlain) this.write('checksum:""\n', start);
    else this.copy(start);
  }

  /** Copies what was read from `start` on. */
  private copy(start: number): void {
    this.origins.push(this.outEnd, start);
    this.outEnd += this.bytes.copy(this.out, this.outEnd, start, this.at);
    this.out[this.outEnd++] = NEWLINE;
  }

  /** Writes a text for what stands at `origin`. */
  private write(text: string, origin: number): void {
    this.origins.push(this.outEnd, origin);
    for (let i = 0; i < text.length; i++) this.out[this.outEnd++] = text.charCodeAt(i);
  }
}

/** The place in the whole file of a place in the reduced one. */
export function originOf(place: number, origins: ArrayLike<number>, from = 0): number {
  let best = from;
  for (let i = from; i < origins.length && (origins[i] as number) <= place; i += 2) best = i;
  return (origins[best + 1] ?? 0) + place - (origins[best] ?? 0);
}
