export const endOfText: i32 = -1;
export const tab: i32 = 9;
export const newline: i32 = 10;
export const carriageReturn: i32 = 13;
export const space: i32 = 32;
export const bang: i32 = 33;
export const quote: i32 = 34;
export const hash: i32 = 35;
export const percent: i32 = 37;
export const ampersand: i32 = 38;
export const openParen: i32 = 40;
export const closeParen: i32 = 41;
export const star: i32 = 42;
export const plus: i32 = 43;
export const minus: i32 = 45;
export const colon: i32 = 58;
export const less: i32 = 60;
export const equal: i32 = 61;
export const greater: i32 = 62;
export const question: i32 = 63;
export const openBracket: i32 = 91;
export const backslash: i32 = 92;
export const closeBracket: i32 = 93;
export const underscore: i32 = 95;
export const openBrace: i32 = 123;
export const bar: i32 = 124;
export const closeBrace: i32 = 125;
export const tilde: i32 = 126;

export function isDigit(code: i32): bool {
  return code >= 48 && code <= 57;
}

/** Characters of names and words, but for `:` and `+`. */
export function isIdentifier(code: i32): bool {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    isDigit(code) ||
    code === minus ||
    code === underscore
  );
}

/** Comparison operators by their first character, but for `!=`. */
export function isRelop(code: i32): bool {
  return code === equal || code === less || code === greater || code === tilde;
}

/** Characters of infix operators, those of environment updates included. */
export function isOperator(code: i32): bool {
  return (
    isRelop(code) ||
    code === ampersand ||
    code === bar ||
    code === bang ||
    code === plus ||
    code === colon
  );
}

export function isOpening(code: i32): bool {
  return code === openBracket || code === openParen || code === openBrace;
}

export function isClosing(code: i32): bool {
  return code === closeBracket || code === closeParen || code === closeBrace;
}
