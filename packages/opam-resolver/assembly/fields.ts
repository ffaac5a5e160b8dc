// Reads the fields of an opam file that matter, each into a place of the code, a filter or flags.

import { EXPECTED, FILTER, FLAG, NODE, RELOP } from "../src/store/codes";
import { ByteMemo } from "./byte-memo";
import { closeBrace, closeBracket, colon, openBrace, openBracket, quote } from "./characters";
import { fail } from "./failure";
import { alternativesMode, filter, finish, inBracketsMode } from "./filters";
import { packages } from "./formulas";
import { internString, readString, textEnd, textStart } from "./strings";
import { code, filterCode, filters, names, strings } from "./tables";
import {
  at,
  enter,
  equals,
  goBack,
  leave,
  moveTo,
  peek,
  skipBrackets,
  skipFieldName,
  skipString,
  skipValue,
  skipWord,
  startsWith,
} from "./tokens";

// What is known of the file so far, as in a row.
export let flags: i32 = 0;
export let available: i32 = -1;
export let depends: i32 = 0;
export let depopts: i32 = 0;
export let conflicts: i32 = 0;
export let conflictClasses: i32 = 0;
export let depexts: i32 = 0;
/** The format that the file is written in, a string; -1 where every opam of today reads it. */
let format: i32 = -1;
/** The name of the variable that it is compared with, which is the field's. */
let formatName: i32 = -1;

/** The kinds of values that are compiled into the code. */
const conjunctionKind: i32 = 0;
const disjunctionKind: i32 = 1;
const namesKind: i32 = 2;
const systemPackagesKind: i32 = 3;

/** By kind: where values that occurred before have been compiled to. */
const memos: StaticArray<ByteMemo> = [
  new ByteMemo(),
  new ByteMemo(),
  new ByteMemo(),
  new ByteMemo(),
];

export function clearFields(): void {
  flags = 0;
  available = -1;
  depends = 0;
  depopts = 0;
  conflicts = 0;
  conflictClasses = 0;
  depexts = 0;
  format = -1;
}

/** An opam older than the format of a file ignores the file: as if `available` said so. */
export function finishFields(): void {
  if (format < 0) return;
  const number = filters.length;
  const start = available < 0 ? 0 : filters.get(available);
  const end = available + 1 < number ? filters.get(available + 1) : filterCode.length;
  filters.push(filterCode.length);
  if (available >= 0) {
    filterCode.push(FILTER.and | (2 << 8));
    for (let place = start; place < end; place++) filterCode.push(filterCode.get(place));
  }
  filterCode.push(FILTER.relop | (RELOP.atLeast << 8));
  filterCode.push(FILTER.variable);
  filterCode.push(formatName);
  filterCode.push(FILTER.string);
  filterCode.push(format);
  available = number;
}

/** Reads the value of the field whose name stands in a range. */
export function readField(start: usize, limit: usize): void {
  if (equals(start, limit, "depends")) depends = compiled(conjunctionKind);
  else if (equals(start, limit, "depopts")) depopts = compiled(disjunctionKind);
  else if (equals(start, limit, "conflicts")) conflicts = compiled(disjunctionKind);
  else if (equals(start, limit, "conflict-class")) conflictClasses = compiled(namesKind);
  else if (equals(start, limit, "depexts")) depexts = compiled(systemPackagesKind);
  else if (equals(start, limit, "available")) available = readAvailable();
  else if (equals(start, limit, "opam-version")) readFormat(start, limit);
  else if (equals(start, limit, "flags")) eachItem(readFlag);
  else if (equals(start, limit, "tags")) eachItem(readTag);
  else skipValue();
}

/** Reads the rest of the section whose name stands in a range. */
export function readSection(start: usize, limit: usize): void {
  const isUrl = equals(start, limit, "url");
  if (isUrl) flags |= FLAG.url;
  readSectionItems(isUrl);
}

function readSectionItems(isUrl: bool): void {
  if (peek() === quote) skipString();
  if (peek() !== openBrace) fail(at, EXPECTED.openingBrace);
  enter();
  while (peek() !== closeBrace) {
    const start = at;
    skipFieldName();
    const limit = at;
    const next = peek();
    if (next === openBrace || next === quote) {
      readSectionItems(false);
      continue;
    }
    if (next !== colon) fail(at, EXPECTED.colon);
    moveTo(at + 1);
    if (isUrl) readUrlField(start, limit);
    else skipValue();
  }
  leave();
}

/** The place of a value in the code. It is compiled unless the same text was met before. */
function compiled(kind: i32): i32 {
  peek();
  const start = at;
  skipValue();
  const limit = at;
  const memo = memos[kind];
  const key = memo.key(start, limit);
  const known = memo.get(key);
  if (known >= 0) return known;
  moveTo(start);
  const place = code.length;
  if (kind === conjunctionKind) packages(NODE.and);
  else if (kind === disjunctionKind) packages(NODE.or);
  else if (kind === namesKind) compileNames();
  else compileSystemPackages();
  finish(limit);
  memo.set(key, place);
  return place;
}

function readAvailable(): i32 {
  const isBracketed = peek() === openBracket;
  const start = at;
  skipValue();
  const limit = at;
  if (!isBracketed) return filter(start, limit, false, alternativesMode);
  moveTo(start + 1);
  if (peek() === closeBracket) {
    moveTo(limit);
    return -1;
  }
  return filter(start, limit, false, inBracketsMode);
}

/** Formats 1.x and 2.0 are those that all know. */
function readFormat(start: usize, limit: usize): void {
  readString();
  if (equals(textStart, textEnd, "2.0") || startsWith(textStart, "1.")) return;
  format = strings.intern(textStart, textEnd);
  formatName = strings.intern(start, limit);
}

/** Reads the items of the list that is next, or the single one. */
function eachItem(read: () => void): void {
  if (peek() !== openBracket) {
    read();
    return;
  }
  enter();
  while (peek() !== closeBracket) read();
  leave();
}

function readFlag(): void {
  peek();
  const start = at;
  skipWord();
  flags |= flagOf(start, at);
}

/** Old files write flags as tags: `"flags:compiler"`. */
function readTag(): void {
  if (peek() !== quote) fail(at, EXPECTED.string);
  // Compared before it is read: tags are many, such tags are few.
  if (startsWith(at, '"flags:')) {
    readString();
    flags |= flagOf(textStart + 6, textEnd);
  } else {
    skipString();
  }
}

function flagOf(start: usize, limit: usize): i32 {
  if (equals(start, limit, "avoid-version")) return FLAG.avoidVersion;
  if (equals(start, limit, "deprecated")) return FLAG.deprecated;
  if (equals(start, limit, "compiler")) return FLAG.compiler;
  if (equals(start, limit, "conf")) return FLAG.conf;
  return 0;
}

/** Writes the number of names, then the names. */
function compileNames(): void {
  const place = code.length;
  code.push(0);
  eachItem(compileName);
  code.set(place, code.length - place - 1);
}

function compileName(): void {
  code.push(internString(names));
}

/** Writes the number of entries, then each as a filter (-1: always), a number of strings, the strings. */
function compileSystemPackages(): void {
  const place = code.length;
  code.push(0);
  if (peek() === openBracket) {
    const start = at;
    enter();
    if (peek() !== quote) {
      for (; peek() !== closeBracket; code.set(place, code.get(place) + 1)) compileSystemEntry();
      leave();
      return;
    }
    goBack(start);
  }
  compileSystemEntry();
  code.set(place, 1);
}

function compileSystemEntry(): void {
  const place = code.length;
  code.push(-1);
  code.push(0);
  eachItem(compileSystemPackage);
  code.set(place + 1, code.length - place - 2);
  let limit = at;
  while (peek() === openBrace) {
    const start = at;
    skipBrackets();
    limit = at;
    code.set(place, filter(start, limit, false, inBracketsMode));
  }
  moveTo(limit);
}

function compileSystemPackage(): void {
  // Anything but a string is the form of opam 1.2, `[["debian"] ["libfoo"]]`, of no use today.
  if (peek() === quote) code.push(internString(strings));
  else skipValue();
}

function readUrlField(start: usize, limit: usize): void {
  peek();
  if (equals(start, limit, "checksum")) {
    eachItem(readChecksum);
    return;
  }
  const isSource =
    equals(start, limit, "src") || equals(start, limit, "http") || equals(start, limit, "archive");
  if (isSource && isRemote(at)) flags |= FLAG.http;
  skipValue();
}

function readChecksum(): void {
  flags |= FLAG.checksum;
  skipString();
}

/** Whether the string at a place is an address of HTTP or FTP. */
function isRemote(place: usize): bool {
  const address = place + (startsWith(place, '"""') ? 3 : 1);
  return (
    startsWith(place, '"') &&
    (startsWith(address, "http:") || startsWith(address, "https:") || startsWith(address, "ftp:"))
  );
}
