// Reads from opam files what resolution needs, straight into the arrays of a store. The grammar of
// @mirage/opam-file is the reference. It is WebAssembly, as that is fast from the first byte on:
// JavaScript would be halfway through a repository by then.

import { ARRAY, EXPECTED, TABLE } from "../src/store/codes";
import { ByteTable } from "./byte-table";
import { colon, endOfText, isIdentifier, openBrace, quote } from "./characters";
import { clearFailure, fail } from "./failure";
import {
  available,
  clearFields,
  conflictClasses,
  conflicts,
  depends,
  depexts,
  depopts,
  finishFields,
  flags,
  readField,
  readSection,
} from "./fields";
import { Ints } from "./ints";
import { code, filterCode, filters, names, rows, strings, versions } from "./tables";
import { at, moveTo, open, peek, skipFieldName } from "./tokens";

export { expected, failedAt } from "./failure";

/** Zeros after what is read: nothing looks further beyond its end. */
const margin: usize = 8;

let room: usize = 0;
let roomSize: usize = 0;

/** Where the caller puts what is to be read: room for that many bytes. */
export function reserve(size: usize): usize {
  if (size > roomSize) {
    roomSize = max(size, 2 * roomSize);
    room = heap.alloc(roomSize + margin);
  }
  return room;
}

/** Reads the opam file of that length. If it is malformed, traps; `expected` and `failedAt` tell why. */
export function scan(length: usize): void {
  const start = room;
  store<u64>(start + length, 0);
  clearFailure();
  clearFields();
  open(start, start + length);
  for (;;) {
    const next = peek();
    if (next === endOfText) {
      finishFields();
      return;
    }
    if (!isIdentifier(next)) fail(at, EXPECTED.field);
    readItem();
  }
}

function readItem(): void {
  const start = at;
  skipFieldName();
  const limit = at;
  const next = peek();
  if (next === colon) {
    moveTo(at + 1);
    readField(start, limit);
  } else if (next === openBrace || next === quote) {
    readSection(start, limit);
  } else {
    fail(at, EXPECTED.colon);
  }
}

/** Adds a row, in the order of ROW, of what was read, for a name and the version in the room. */
export function addRow(name: i32, versionLength: usize): void {
  rows.push(name);
  rows.push(versions.intern(room, room + versionLength));
  rows.push(flags);
  rows.push(available);
  rows.push(depends);
  rows.push(depopts);
  rows.push(conflicts);
  rows.push(conflictClasses);
  rows.push(depexts);
}

function table(number: i32): ByteTable {
  if (number === TABLE.strings) return strings;
  return number === TABLE.names ? names : versions;
}

/** The number in a table of the string of that length in the room. */
export function intern(number: i32, length: usize): i32 {
  return table(number).intern(room, room + length);
}

/** The numbers that the strings of a table have in that of all strings. */
export function stringsOf(number: i32): usize {
  const from = table(number);
  const numbers = new Ints(max(from.size, 1));
  for (let id = 0; id < from.size; id++) {
    const start = from.bytes + (from.starts.get(id) as usize);
    numbers.push(strings.intern(start, from.bytes + (from.starts.get(id + 1) as usize)));
  }
  return numbers.start;
}

/** The strings of a table, one after the other. */
export function textOf(number: i32): usize {
  return table(number).bytes;
}

function ints(number: i32): Ints {
  switch (number) {
    case ARRAY.filters:
      return filters;
    case ARRAY.filterCode:
      return filterCode;
    case ARRAY.code:
      return code;
    case ARRAY.rows:
      return rows;
    default:
      return table(number).starts;
  }
}

export function arrayOf(number: i32): usize {
  return ints(number).start;
}

export function lengthOf(number: i32): i32 {
  return ints(number).length;
}

/** Makes an array longer by that many integers, and returns where they go. */
export function extend(number: i32, count: i32): usize {
  const array = ints(number);
  array.reserve(count);
  const place = array.start + ((array.length as usize) << 2);
  array.length += count;
  return place;
}
