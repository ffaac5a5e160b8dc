// Goes through an opam file. What is read stands in memory from `at` to `end`; a few zeros follow.

import { EXPECTED, RELOP } from "../src/store/codes";
import {
  BACKSLASH,
  BANG,
  CLOSE_PAREN,
  COLON,
  END,
  EQUAL,
  GREATER,
  HASH,
  isClosing,
  isIdentifier,
  isOpening,
  isOperator,
  isRelop,
  LESS,
  NEWLINE,
  OPEN_BRACE,
  OPEN_PAREN,
  PLUS,
  QUESTION,
  QUOTE,
  RETURN,
  SPACE,
  STAR,
  TAB,
  TILDE,
} from "./characters";
import { fail } from "./failure";

const MAX_NESTING: i32 = 200;

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
  return place < end ? (load<u8>(place) as i32) : END;
}

/** The next character that isn't space or comment, {@link END} after the last. */
export function peek(): i32 {
  while (at < end) {
    const code = load<u8>(at) as i32;
    if (code === SPACE || code === NEWLINE || code === TAB || code === RETURN) at++;
    else if (code === HASH || (code === OPEN_PAREN && byte(at + 1) === STAR)) skipComment();
    else return code;
  }
  at = end;
  return END;
}

/** Goes on if that character is next. */
export function operator(code: i32): bool {
  if (peek() !== code) return false;
  at++;
  return true;
}

function skipComment(): void {
  if (byte(at) === HASH) {
    while (at < end && load<u8>(at) !== NEWLINE) at++;
    return;
  }
  const start = at;
  let depth = 0;
  for (;;) {
    const code = byte(at++);
    if (code === END) fail(start, EXPECTED.endOfComment);
    if (code === OPEN_PAREN && byte(at) === STAR) {
      depth++;
      at++;
    } else if (code === STAR && byte(at) === CLOSE_PAREN) {
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
      code === PLUS ||
      (code === COLON && at > start && isIdentifier(byte(at + 1)));
    if (!inside) break;
    at++;
  }
  if (at === start) fail(at, lacking);
}

/** Skips the string that starts here. */
export function skipString(): void {
  let place = at + 1;
  if (load<u8>(place) === QUOTE && load<u8>(place + 1) === QUOTE) {
    skipLongString();
    return;
  }
  while (place < end) {
    const code = load<u8>(place++) as i32;
    if (code === BACKSLASH) place++;
    else if (code === QUOTE) {
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
    if (code === BACKSLASH) place++;
    else if (code === QUOTE && load<u8>(place + 1) === QUOTE && load<u8>(place + 2) === QUOTE) {
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
  return isRelop(code) || (code === BANG && byte(at + 1) === EQUAL);
}

export function relop(): i32 {
  const code = byte(at);
  const wide = byte(at + 1) === EQUAL;
  at += wide && code !== EQUAL && code !== TILDE ? 2 : 1;
  switch (code) {
    case EQUAL:
      return RELOP.equal;
    case BANG:
      return RELOP.unequal;
    case LESS:
      return wide ? RELOP.atMost : RELOP.less;
    case GREATER:
      return wide ? RELOP.atLeast : RELOP.greater;
    default:
      return RELOP.atLeast;
  }
}

export function skipOperand(): void {
  const next = peek();
  if (next === QUOTE) skipString();
  else if (isOpening(next)) skipBrackets();
  else skipWord();
}

/** Skips a value, up to its last character: operands, what follows in braces, and operators. */
export function skipValue(): void {
  let next = peek();
  for (;;) {
    while (next === BANG || next === QUESTION || isRelop(next)) {
      at++;
      next = peek();
    }
    skipOperand();
    let last = at;
    next = peek();
    while (next === OPEN_BRACE) {
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
    if (code === QUOTE) {
      skipString();
    } else if (code === HASH || (code === OPEN_PAREN && load<u8>(at + 1) === STAR)) {
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
  if (++nesting > MAX_NESTING) fail(at, EXPECTED.fewerBrackets);
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
