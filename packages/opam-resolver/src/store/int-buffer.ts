/** A growing array of 32-bit integers. */
export class IntBuffer {
  array: Int32Array<ArrayBuffer>;
  length = 0;

  constructor(capacity: number) {
    this.array = new Int32Array(capacity);
  }

  push(value: number): void {
    if (this.length === this.array.length) this.grow(this.length + 1);
    this.array[this.length++] = value;
  }

  append(values: ArrayLike<number>): void {
    const length = this.length + values.length;
    if (length > this.array.length) this.grow(length);
    // Mostly a few numbers: `set` takes longer.
    for (let i = 0; i < values.length; i++) this.array[this.length + i] = values[i] as number;
    this.length = length;
  }

  private grow(length: number): void {
    const grown = new Int32Array(Math.max(length, this.array.length * 2));
    grown.set(this.array);
    this.array = grown;
  }

  /** Inserts a value before what was pushed from `at` on. */
  insert(at: number, value: number): void {
    this.push(0);
    this.array.copyWithin(at + 1, at, this.length - 1);
    this.array[at] = value;
  }

  /** The values so far, not copied. */
  view(): Int32Array {
    return this.array.subarray(0, this.length);
  }
}
