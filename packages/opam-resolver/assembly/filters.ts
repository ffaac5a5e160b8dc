// Compiles filters.

import { EXPECTED, FILTER } from "../src/store/codes";
import { ByteMemo } from "./byte-memo";
import { ampersand, bang, bar, isDigit, minus, openParen, question, quote } from "./characters";
import { fail } from "./failure";
import { internString } from "./strings";
import { filterCode, filters, strings } from "./tables";
import {
  at,
  atRelop,
  enter,
  equals,
  leave,
  moveTo,
  operator,
  peek,
  relop,
  skipOperand,
  skipWord,
} from "./tokens";

/** The forms in which filters are written. */
export const alternativesMode: i32 = 0;
export const comparisonMode: i32 = 1;
export const inBracketsMode: i32 = 2;
export const atomMode: i32 = 3;

const plain: ByteMemo = new ByteMemo();
const negations: ByteMemo = new ByteMemo();

/** The filter written in a range, compiled where its text is new. Moves to its end. */
export function filter(start: usize, limit: usize, negated: bool, form: i32): i32 {
  const memo = negated ? negations : plain;
  const key = memo.key(start, limit);
  const known = memo.get(key);
  if (known >= 0) {
    moveTo(limit);
    return known;
  }
  const number = filters.length;
  filters.push(filterCode.length);
  moveTo(start);
  if (negated) filterCode.push(FILTER.not);
  if (form === alternativesMode) alternatives();
  else if (form === comparisonMode) comparison();
  else if (form === inBracketsMode) inBrackets();
  else atom();
  finish(limit);
  memo.set(key, number);
  return number;
}

/** Goes to `limit`, which nothing but space may separate from what was read. */
export function finish(limit: usize): void {
  const reached = at;
  moveTo(limit);
  if (reached === limit) return;
  peek();
  if (at !== reached) fail(min(reached, limit), EXPECTED.endOfValue);
  moveTo(limit);
}

/** Skips a single operand of a condition, perhaps a comparison. */
export function skipComparison(): void {
  let next = peek();
  while (next === bang || next === question) {
    moveTo(at + 1);
    next = peek();
  }
  skipOperand();
  const limit = at;
  peek();
  if (atRelop()) {
    relop();
    skipOperand();
  } else {
    moveTo(limit);
  }
}

function inBrackets(): void {
  enter();
  alternatives();
  leave();
}

function alternatives(): void {
  const place = filterCode.length;
  let count = 1;
  conjunction();
  for (; operator(bar); count++) conjunction();
  if (count > 1) filterCode.insert(place, FILTER.or | (count << 8));
}

function conjunction(): void {
  const place = filterCode.length;
  let count = 1;
  comparison();
  for (; operator(ampersand); count++) comparison();
  if (count > 1) filterCode.insert(place, FILTER.and | (count << 8));
}

function comparison(): void {
  const next = peek();
  if (next === bang || next === question) {
    moveTo(at + 1);
    filterCode.push(next === bang ? FILTER.not : FILTER.defined);
    comparison();
    return;
  }
  if (next === openParen) {
    inBrackets();
    return;
  }
  const place = filterCode.length;
  atom();
  let limit = at;
  peek();
  if (atRelop()) {
    filterCode.insert(place, FILTER.relop | (relop() << 8));
    atom();
    limit = at;
  }
  moveTo(limit);
}

function atom(): void {
  if (peek() === quote) {
    filterCode.push(FILTER.string);
    filterCode.push(internString(strings));
    return;
  }
  const start = at;
  skipWord();
  if (equals(start, at, "true")) filterCode.push(FILTER.always);
  else if (equals(start, at, "false")) filterCode.push(FILTER.never);
  else {
    filterCode.push(isNumber(start, at) ? FILTER.string : FILTER.variable);
    filterCode.push(strings.intern(start, at));
  }
}

function isNumber(start: usize, limit: usize): bool {
  let place = load<u8>(start) === minus ? start + 1 : start;
  if (place === limit) return false;
  while (place < limit && isDigit(load<u8>(place) as i32)) place++;
  return place === limit;
}
