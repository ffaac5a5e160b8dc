// Goes through an opam file. What is read stands in memory from `at` to `end`; a few zeros follow.

import { EXPECTED, RELOP } from "../src/store/codes";
import {
  backslash,
  bang,
  carriageReturn,
  closeParen,
  colon,
  endOfText,
  equal,
  greater,
  hash,
  isClosing,
  isIdentifier,
  isOpening,
  isOperator,
  isRelop,
  less,
  newline,
  openBrace,
  openParen,
  plus,
  question,
  quote,
  space,
  star,
  tab,
  tilde,
} from "./characters";
import { fail } from "./failure";

const maxNesting: i32 = 200;

export let at: usize = 0;
export let end: usize = 0;
let nesting: i32 = 0;

/** Begins with the file in a range. */
export function open(start: usize, limit: usize): void {
  at = start;
  end = limit;
  nesting = 0;
}

export function moveTo(place: usize): void {
  at = place;
}

export function byte(place: usize): i32 {
  return place < end ? (load<u8>(place) as i32) : endOfText;
}

/** The next character that isn't space or comment, {@link endOfText} after the last. */
export function peek(): i32 {
  while (at < end) {
    const code = load<u8>(at) as i32;
    if (code === space || code === newline || code === tab || code === carriageReturn) at++;
    else if (code === hash || (code === openParen && byte(at + 1) === star)) skipComment();
    else return code;
  }
  at = end;
  return endOfText;
}

/** Goes on if that character is next. */
export function operator(code: i32): bool {
  if (peek() !== code) return false;
  at++;
  return true;
}

function skipComment(): void {
  if (byte(at) === hash) {
    while (at < end && load<u8>(at) !== newline) at++;
    return;
  }
  const start = at;
  let depth = 0;
  for (;;) {
    const code = byte(at++);
    if (code === endOfText) fail(start, EXPECTED.endOfComment);
    if (code === openParen && byte(at) === star) {
      depth++;
      at++;
    } else if (code === star && byte(at) === closeParen) {
      at++;
      if (--depth === 0) return;
    }
  }
}

export function skipFieldName(): void {
  skipWord(EXPECTED.field);
}

/** Skips an identifier, a number or a boolean. */
export function skipWord(lacking: EXPECTED = EXPECTED.value): void {
  const start = at;
  for (;;) {
    const code = byte(at);
    const inside =
      isIdentifier(code) ||
      code === plus ||
      (code === colon && at > start && isIdentifier(byte(at + 1)));
    if (!inside) break;
    at++;
  }
  if (at === start) fail(at, lacking);
}

/** Skips the string that starts here. */
export function skipString(): void {
  let place = at + 1;
  if (load<u8>(place) === quote && load<u8>(place + 1) === quote) {
    skipLongString();
    return;
  }
  while (place < end) {
    const code = load<u8>(place++) as i32;
    if (code === backslash) place++;
    else if (code === quote) {
      at = place;
      return;
    }
  }
  fail(at, EXPECTED.endOfString);
}

/** Skips a string between three quotes. */
function skipLongString(): void {
  let place = at + 3;
  while (place + 3 <= end) {
    const code = load<u8>(place) as i32;
    if (code === backslash) place++;
    else if (code === quote && load<u8>(place + 1) === quote && load<u8>(place + 2) === quote) {
      at = place + 3;
      return;
    }
    place++;
  }
  fail(at, EXPECTED.endOfString);
}

/** Whether an ASCII text stands at a place. */
export function startsWith(place: usize, text: string): bool {
  return place + (text.length as usize) <= end && isAt(place, text);
}

/** Whether a range holds exactly an ASCII text. */
export function equals(start: usize, limit: usize, text: string): bool {
  return limit - start === (text.length as usize) && isAt(start, text);
}

function isAt(place: usize, text: string): bool {
  for (let i = 0; i < text.length; i++) {
    if ((load<u8>(place + (i as usize)) as i32) !== text.charCodeAt(i)) return false;
  }
  return true;
}

export function atRelop(): bool {
  const code = byte(at);
  return isRelop(code) || (code === bang && byte(at + 1) === equal);
}

export function relop(): i32 {
  const code = byte(at);
  const wide = byte(at + 1) === equal;
  at += wide && code !== equal && code !== tilde ? 2 : 1;
  switch (code) {
    case equal:
      return RELOP.equal;
    case bang:
      return RELOP.unequal;
    case less:
      return wide ? RELOP.atMost : RELOP.less;
    case greater:
      return wide ? RELOP.atLeast : RELOP.greater;
    default:
      return RELOP.atLeast;
  }
}

export function skipOperand(): void {
  const next = peek();
  if (next === quote) skipString();
  else if (isOpening(next)) skipBrackets();
  else skipWord();
}

/** Skips a value, up to its last character: operands, what follows in braces, and operators. */
export function skipValue(): void {
  let next = peek();
  for (;;) {
    while (next === bang || next === question || isRelop(next)) {
      at++;
      next = peek();
    }
    skipOperand();
    let last = at;
    next = peek();
    while (next === openBrace) {
      skipBrackets();
      last = at;
      next = peek();
    }
    if (!isOperator(next)) {
      at = last;
      return;
    }
    while (isOperator(byte(at))) at++;
    next = peek();
  }
}

/** Skips what stands between the bracket here and its end. */
export function skipBrackets(): void {
  let depth = 0;
  while (at < end) {
    const code = load<u8>(at) as i32;
    if (code === quote) {
      skipString();
    } else if (code === hash || (code === openParen && load<u8>(at + 1) === star)) {
      skipComment();
    } else {
      at++;
      if (isOpening(code)) depth++;
      else if (isClosing(code) && --depth === 0) return;
    }
  }
  fail(at, EXPECTED.closingBracket);
}

export function enter(): void {
  at++;
  if (++nesting > maxNesting) fail(at, EXPECTED.fewerBrackets);
}

export function leave(): void {
  if (!isClosing(peek())) fail(at, EXPECTED.closingBracket);
  at++;
  nesting--;
}

/** Takes an opening bracket for not entered, as at the place where it stands. */
export function goBack(place: usize): void {
  at = place;
  nesting--;
}
