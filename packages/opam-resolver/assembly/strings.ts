// Strings without quotes and escapes.

import { EXPECTED } from "../src/store/codes";
import { ByteTable } from "./byte-table";
import { backslash, carriageReturn, isDigit, newline, quote, space, tab } from "./characters";
import { fail } from "./failure";
import { at, peek, skipString, startsWith } from "./tokens";

/** What the string that was read last says: a range of memory. */
export let textStart: usize = 0;
export let textEnd: usize = 0;

/** Room for a string with escapes. */
let room: usize = 0;
let roomSize: usize = 0;

/** Reads the string that has to be next. */
export function readString(): void {
  if (peek() !== quote) fail(at, EXPECTED.string);
  const start = at;
  skipString();
  const quotes: usize = startsWith(start, '"""') ? 3 : 1;
  textStart = start + quotes;
  textEnd = at - quotes;
  if (textContains(backslash)) resolveEscapes();
}

/** The number of the next string in a table. */
export function internString(table: ByteTable): i32 {
  readString();
  return table.intern(textStart, textEnd);
}

/** Whether the string that was read last contains a character. */
export function textContains(code: i32): bool {
  for (let place = textStart; place < textEnd; place++) {
    if (load<u8>(place) === code) return true;
  }
  return false;
}

function resolveEscapes(): void {
  const size = textEnd - textStart;
  if (size > roomSize) {
    roomSize = 2 * size;
    room = heap.alloc(roomSize);
  }
  let from = textStart;
  let to = room;
  while (from < textEnd) {
    const code = load<u8>(from++) as i32;
    if (code !== backslash || from === textEnd) store<u8>(to++, code);
    else if (lineBreakAt(from) > 0) from = afterBlanks(from + lineBreakAt(from));
    else {
      const numeric = isNumeric(from);
      store<u8>(to++, numeric ? numericValue(from) : meaning(load<u8>(from) as i32));
      from += numeric ? 3 : 1;
    }
  }
  textStart = room;
  textEnd = to;
}

/** The length of the line break at a place, 0 if there is none. */
function lineBreakAt(place: usize): usize {
  if (load<u8>(place) === newline) return 1;
  return load<u8>(place) === carriageReturn &&
    place + 1 < textEnd &&
    load<u8>(place + 1) === newline
    ? 2
    : 0;
}

function afterBlanks(place: usize): usize {
  let next = place;
  while (next < textEnd && (load<u8>(next) === space || load<u8>(next) === tab)) next++;
  return next;
}

/** Whether `xHH` or three decimal digits stand at a place. */
function isNumeric(place: usize): bool {
  if (place + 3 > textEnd) return false;
  const first = load<u8>(place) as i32;
  const second = load<u8>(place + 1) as i32;
  const third = load<u8>(place + 2) as i32;
  if (first === 120) return hexDigit(second) >= 0 && hexDigit(third) >= 0;
  return isDigit(first) && isDigit(second) && isDigit(third);
}

function numericValue(place: usize): i32 {
  const first = load<u8>(place) as i32;
  const second = load<u8>(place + 1) as i32;
  const third = load<u8>(place + 2) as i32;
  if (first === 120) return 16 * hexDigit(second) + hexDigit(third);
  return 100 * (first - 48) + 10 * (second - 48) + (third - 48);
}

function hexDigit(code: i32): i32 {
  if (isDigit(code)) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

function meaning(code: i32): i32 {
  switch (code) {
    case 110:
      return newline;
    case 116:
      return tab;
    case 114:
      return carriageReturn;
    case 98:
      return 8;
    default:
      return code;
  }
}
