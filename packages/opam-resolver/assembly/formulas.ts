// Compiles formulas of packages.

import { EXPECTED, NODE } from "../src/store/codes";
import { ByteMemo } from "./byte-memo";
import {
  ampersand,
  bang,
  bar,
  closeBrace,
  closeBracket,
  closeParen,
  openBrace,
  openBracket,
  openParen,
  percent,
  quote,
} from "./characters";
import { fail } from "./failure";
import { atomMode, comparisonMode, filter, finish, skipComparison } from "./filters";
import { Ints } from "./ints";
import { internString, readString, textContains, textEnd, textStart } from "./strings";
import { code, names, versions } from "./tables";
import {
  at,
  atRelop,
  enter,
  leave,
  moveTo,
  operator,
  peek,
  relop,
  skipBrackets,
  skipString,
  skipWord,
} from "./tokens";

/** Atoms occur in many formulas: what they compile to is copied. */
const atoms: ByteMemo = new ByteMemo();
const atomCode: Ints = new Ints(1 << 9);
const atomStarts: Ints = new Ints(1 << 7);

/** A list of packages, or a single one. Its items are joined by `join`. */
export function packages(join: i32): void {
  if (peek() === openBracket) items(join, closeBracket);
  else alternatives(join);
}

function items(join: i32, closing: i32): void {
  const place = code.length;
  let count = 0;
  enter();
  for (; peek() !== closing; count++) alternatives(join);
  leave();
  joined(place, join, count);
}

function alternatives(join: i32): void {
  const place = code.length;
  let count = 1;
  conjunction(join);
  for (; operator(bar); count++) conjunction(join);
  joined(place, NODE.or, count);
}

function conjunction(join: i32): void {
  const place = code.length;
  let count = 1;
  operand(join);
  for (; operator(ampersand); count++) operand(join);
  joined(place, NODE.and, count);
}

function operand(join: i32): void {
  if (peek() === openParen) items(join, closeParen);
  else atom();
}

/** A name with its conditions. */
function atom(): void {
  if (peek() !== quote) fail(at, EXPECTED.packageName);
  const start = at;
  skipString();
  let limit = at;
  while (peek() === openBrace) {
    skipBrackets();
    limit = at;
  }
  const key = atoms.key(start, limit);
  const known = atoms.get(key);
  if (known >= 0) {
    copyAtom(known);
    moveTo(limit);
    return;
  }
  moveTo(start);
  const place = code.length;
  code.push(NODE.atom);
  code.push(internString(names));
  let count = 0;
  while (peek() === openBrace) {
    enter();
    for (; peek() !== closeBrace; count++) conditions(false);
    leave();
  }
  joined(place + 2, NODE.and, count);
  finish(limit);
  atoms.set(key, keepAtom(place));
}

/** Sets aside what was written from `place` on. */
function keepAtom(place: i32): i32 {
  atomStarts.push(atomCode.length);
  for (let i = place; i < code.length; i++) atomCode.push(code.get(i));
  return atomStarts.length - 1;
}

function copyAtom(number: i32): void {
  const isLast = number + 1 === atomStarts.length;
  const limit = isLast ? atomCode.length : atomStarts.get(number + 1);
  for (let i = atomStarts.get(number); i < limit; i++) code.push(atomCode.get(i));
}

/** Makes one node of the `count` written from `place` on. */
function joined(place: i32, node: i32, count: i32): void {
  if (count === 0) code.push(NODE.empty);
  else if (count > 1) code.insert(place, node | (count << 8));
}

/** Conditions of an atom. Negation is pushed down to comparisons and filters. */
function conditions(negated: bool): void {
  const place = code.length;
  let count = 1;
  conditionConjunction(negated);
  for (; operator(bar); count++) conditionConjunction(negated);
  joined(place, negated ? NODE.and : NODE.or, count);
}

function conditionConjunction(negated: bool): void {
  const place = code.length;
  let count = 1;
  condition(negated);
  for (; operator(ampersand); count++) condition(negated);
  joined(place, negated ? NODE.or : NODE.and, count);
}

function condition(negated: bool): void {
  const next = peek();
  if (next === openParen) {
    const place = code.length;
    let count = 0;
    enter();
    for (; peek() !== closeParen; count++) conditions(negated);
    leave();
    joined(place, negated ? NODE.or : NODE.and, count);
  } else if (atRelop()) {
    const comparator = relop();
    code.push(NODE.constraint | ((negated ? comparator ^ 1 : comparator) << 8));
    code.push(bound());
  } else if (next === bang) {
    moveTo(at + 1);
    condition(!negated);
  } else {
    code.push(NODE.filter);
    code.push(comparison(negated));
  }
}

/** A version, or `-1 - filter` where it is computed. */
function bound(): i32 {
  const isString = peek() === quote;
  const start = at;
  if (isString) {
    readString();
    if (!textContains(percent)) return versions.intern(textStart, textEnd);
  } else {
    skipWord();
  }
  return -1 - filter(start, at, false, atomMode);
}

/** A filter of a single operand or of two that are compared. */
function comparison(negated: bool): i32 {
  const start = at;
  skipComparison();
  return filter(start, at, negated, comparisonMode);
}
