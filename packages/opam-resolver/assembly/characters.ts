export const END: i32 = -1;
export const TAB: i32 = 9;
export const NEWLINE: i32 = 10;
export const RETURN: i32 = 13;
export const SPACE: i32 = 32;
export const BANG: i32 = 33;
export const QUOTE: i32 = 34;
export const HASH: i32 = 35;
export const PERCENT: i32 = 37;
export const AMPERSAND: i32 = 38;
export const OPEN_PAREN: i32 = 40;
export const CLOSE_PAREN: i32 = 41;
export const STAR: i32 = 42;
export const PLUS: i32 = 43;
export const MINUS: i32 = 45;
export const COLON: i32 = 58;
export const LESS: i32 = 60;
export const EQUAL: i32 = 61;
export const GREATER: i32 = 62;
export const QUESTION: i32 = 63;
export const OPEN_BRACKET: i32 = 91;
export const BACKSLASH: i32 = 92;
export const CLOSE_BRACKET: i32 = 93;
export const UNDERSCORE: i32 = 95;
export const OPEN_BRACE: i32 = 123;
export const BAR: i32 = 124;
export const CLOSE_BRACE: i32 = 125;
export const TILDE: i32 = 126;

export function isDigit(code: i32): bool {
  return code >= 48 && code <= 57;
}

/** Characters of names and words, but for `:` and `+`. */
export function isIdentifier(code: i32): bool {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    isDigit(code) ||
    code === MINUS ||
    code === UNDERSCORE
  );
}

/** Comparison operators by their first character, but for `!=`. */
export function isRelop(code: i32): bool {
  return code === EQUAL || code === LESS || code === GREATER || code === TILDE;
}

/** Characters of infix operators, those of environment updates included. */
export function isOperator(code: i32): bool {
  return (
    isRelop(code) ||
    code === AMPERSAND ||
    code === BAR ||
    code === BANG ||
    code === PLUS ||
    code === COLON
  );
}

export function isOpening(code: i32): bool {
  return code === OPEN_BRACKET || code === OPEN_PAREN || code === OPEN_BRACE;
}

export function isClosing(code: i32): bool {
  return code === CLOSE_BRACKET || code === CLOSE_PAREN || code === CLOSE_BRACE;
}
