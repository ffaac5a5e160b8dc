import { ByteTable } from "./byte-table";
import { Ints } from "./ints";

/** Remembers a number for byte strings; -1 stands for none. */
export class ByteMemo {
  private readonly keys: ByteTable = new ByteTable();
  private readonly values: Ints = new Ints(1 << 7);

  /** The key that stands in a range. */
  key(start: usize, end: usize): i32 {
    const key = this.keys.intern(start, end);
    if (key === this.values.length) this.values.push(-1);
    return key;
  }

  get(key: i32): i32 {
    return this.values.get(key);
  }

  set(key: i32, value: i32): void {
    this.values.set(key, value);
  }
}
