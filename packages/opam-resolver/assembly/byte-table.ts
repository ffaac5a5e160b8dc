import { Ints } from "./ints";

/** Numbers byte strings in the order in which they first come. */
export class ByteTable {
  /** The strings, one after the other. */
  bytes: usize;
  private capacity: i32 = 1 << 10;
  /** Where each string starts, and the end of the last. */
  readonly starts: Ints = new Ints(1 << 7);
  private readonly hashes: Ints = new Ints(1 << 7);
  /** At the place that belongs to a hash, or at one of the next: the number of a string plus one. */
  private slots: usize;
  private slotCount: i32 = 1 << 8;

  constructor() {
    this.bytes = heap.alloc(this.capacity as usize);
    this.starts.push(0);
    this.slots = newSlots(this.slotCount);
  }

  get size(): i32 {
    return this.hashes.length;
  }

  /** The number of the string that stands in a range. */
  intern(start: usize, end: usize): i32 {
    const hash = hashOf(start, end);
    const mask = this.slotCount - 1;
    let slot = hash & mask;
    let found = this.slot(slot);
    while (found > 0) {
      if (this.hashes.get(found - 1) === hash && this.is(found - 1, start, end)) return found - 1;
      slot = (slot + 1) & mask;
      found = this.slot(slot);
    }
    this.append(start, end, hash);
    this.setSlot(slot, this.size);
    if (2 * this.size > this.slotCount) this.widen();
    return this.size - 1;
  }

  private is(id: i32, start: usize, end: usize): bool {
    const own = this.starts.get(id);
    const length = (end - start) as i32;
    return (
      this.starts.get(id + 1) - own === length &&
      memory.compare(this.bytes + (own as usize), start, length as usize) === 0
    );
  }

  private append(start: usize, end: usize, hash: i32): void {
    const own = this.starts.get(this.size);
    const ownEnd = own + ((end - start) as i32);
    if (ownEnd > this.capacity) {
      this.capacity = max(ownEnd, 2 * this.capacity);
      const grown = heap.alloc(this.capacity as usize);
      memory.copy(grown, this.bytes, own as usize);
      this.bytes = grown;
    }
    memory.copy(this.bytes + (own as usize), start, end - start);
    this.starts.push(ownEnd);
    this.hashes.push(hash);
  }

  private slot(index: i32): i32 {
    return load<i32>(this.slots + ((index as usize) << 2));
  }

  private setSlot(index: i32, value: i32): void {
    store<i32>(this.slots + ((index as usize) << 2), value);
  }

  private widen(): void {
    this.slotCount *= 2;
    this.slots = newSlots(this.slotCount);
    const mask = this.slotCount - 1;
    for (let id = 0; id < this.size; id++) {
      let slot = this.hashes.get(id) & mask;
      while (this.slot(slot) !== 0) slot = (slot + 1) & mask;
      this.setSlot(slot, id + 1);
    }
  }
}

function newSlots(count: i32): usize {
  const bytes = (count as usize) << 2;
  const slots = heap.alloc(bytes);
  memory.fill(slots, 0, bytes);
  return slots;
}

/** FNV-1a, four bytes at a time. */
function hashOf(start: usize, end: usize): i32 {
  let hash: i32 = 0x811c9dc5 as i32;
  let at = start;
  for (; at + 4 <= end; at += 4) hash = rotl(hash ^ load<i32>(at), 5) * 0x01000193;
  for (; at < end; at++) hash = (hash ^ (load<u8>(at) as i32)) * 0x01000193;
  return hash ^ (hash >>> 15);
}
