/** A growing array of 32-bit integers. What it outgrows is not used again. */
export class Ints {
  start: usize;
  length: i32 = 0;
  private capacity: i32;

  constructor(capacity: i32) {
    this.capacity = capacity;
    this.start = heap.alloc((capacity as usize) << 2);
  }

  get(index: i32): i32 {
    return load<i32>(this.start + ((index as usize) << 2));
  }

  set(index: i32, value: i32): void {
    store<i32>(this.start + ((index as usize) << 2), value);
  }

  push(value: i32): void {
    if (this.length === this.capacity) this.reserve(1);
    this.set(this.length++, value);
  }

  /** Makes room for that many more. */
  reserve(count: i32): void {
    const needed = this.length + count;
    if (needed <= this.capacity) return;
    this.capacity = max(needed, 2 * this.capacity);
    const grown = heap.alloc((this.capacity as usize) << 2);
    memory.copy(grown, this.start, (this.length as usize) << 2);
    this.start = grown;
  }

  /** Inserts a value before what was pushed from `at` on. */
  insert(at: i32, value: i32): void {
    this.push(0);
    const place = this.start + ((at as usize) << 2);
    memory.copy(place + 4, place, ((this.length - 1 - at) as usize) << 2);
    this.set(at, value);
  }
}
