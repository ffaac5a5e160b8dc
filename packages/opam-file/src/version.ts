import type { RelOp } from "./ast.js";

const zero = 48;
const nine = 57;
const tilde = 126;

/**
 * Compares two versions in opam's order, which is Debian's without the epoch: parts of digits by
 * their number (`1.0` equals `1.00`, `1.9` < `1.10`), others character by character with `~` before
 * the end, the end before letters, letters before the rest; what follows the last `-` counts last.
 * Returns -1, 0 or 1. Two different texts may be equal: see {@link versionKey}.
 * Source: deb-version(7).
 */
export function compareVersions(a: string, b: string): -1 | 0 | 1 {
  if (a === b) return 0;
  const dashA = a.lastIndexOf("-");
  const dashB = b.lastIndexOf("-");
  const endA = dashA < 0 ? a.length : dashA;
  const endB = dashB < 0 ? b.length : dashB;
  return (
    comparePart(a, 0, endA, b, 0, endB) || comparePart(a, endA + 1, a.length, b, endB + 1, b.length)
  );
}

function comparePart(
  a: string,
  startA: number,
  endA: number,
  b: string,
  startB: number,
  endB: number,
): -1 | 0 | 1 {
  let i = startA;
  let j = startB;
  for (;;) {
    if (i >= endA) return j >= endB ? 0 : remainderSign(b, j, endB, -1);
    if (j >= endB) return remainderSign(a, i, endA, 1);
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(j);
    if (isDigit(x) && isDigit(y)) {
      while (i < endA && a.charCodeAt(i) === zero) i++;
      while (j < endB && b.charCodeAt(j) === zero) j++;
      const digitsA = i;
      const digitsB = j;
      while (i < endA && isDigit(a.charCodeAt(i))) i++;
      while (j < endB && isDigit(b.charCodeAt(j))) j++;
      if (i - digitsA !== j - digitsB) return i - digitsA < j - digitsB ? -1 : 1;
      for (let k = digitsA, l = digitsB; k < i; k++, l++) {
        const difference = a.charCodeAt(k) - b.charCodeAt(l);
        if (difference !== 0) return difference < 0 ? -1 : 1;
      }
      continue;
    }
    if (x !== y) return weight(x) < weight(y) ? -1 : 1;
    i++;
    j++;
  }
}

/** The sign of comparing `text[from, end)` with nothing, times `sign`. Zeros alone equal nothing. */
function remainderSign(text: string, from: number, end: number, sign: -1 | 1): -1 | 0 | 1 {
  let i = from;
  while (i < end && text.charCodeAt(i) === zero) i++;
  if (i === end) return 0;
  return text.charCodeAt(i) === tilde ? (sign === 1 ? -1 : 1) : sign;
}

function isDigit(code: number): boolean {
  return code >= zero && code <= nine;
}

function isLetter(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}

/** Order of characters outside numbers: `~`, digits (met by a non-digit), letters, the rest. */
function weight(code: number): number {
  if (code === tilde) return 0;
  if (isDigit(code)) return 1;
  return isLetter(code) ? code : code + 0x100;
}

/**
 * A key that two versions share exactly when {@link compareVersions} calls them equal, for use in
 * maps and sets: `1.0` and `1.00` have the same key.
 */
export function versionKey(version: string): string {
  if (!leadingZeroOrDash.test(version)) return version;
  const dash = version.lastIndexOf("-");
  if (dash < 0) return canonicalPart(version);
  const upstream = canonicalPart(version.slice(0, dash));
  const revision = canonicalPart(version.slice(dash + 1));
  // An empty revision equals none, but then a dash before it would look like its own.
  return revision === "" && !upstream.includes("-") ? upstream : `${upstream}-${revision}`;
}

const leadingZeroOrDash = /-|(?<![0-9])0/;

function canonicalPart(part: string): string {
  return part.replace(/[0-9]+/g, (digits, at: number) => {
    const number = digits.replace(/^0+/, "");
    if (number !== "") return number;
    return at + digits.length === part.length ? "" : "0";
  });
}

/** Whether a version is well-formed: one or more of `A-Z a-z 0-9 _ + . ~ -`. */
export function isValidVersion(text: string): boolean {
  return /^[A-Za-z0-9_+.~-]+$/.test(text);
}

/** Whether a comparison's result (as of {@link compareVersions}) satisfies an operator. */
export function satisfiesRelOp(op: RelOp, comparison: number): boolean {
  switch (op) {
    case "=":
      return comparison === 0;
    case "!=":
      return comparison !== 0;
    case "<":
      return comparison < 0;
    case "<=":
      return comparison <= 0;
    case ">":
      return comparison > 0;
    case ">=":
      return comparison >= 0;
  }
}

/** The operator that holds exactly where `op` doesn't. */
export function negateRelOp(op: RelOp): RelOp {
  return negated[op];
}

const negated = { "=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<" } as const;
