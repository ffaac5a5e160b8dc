import { appendFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Journal, removeJournal } from "./journal.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mirage-ec2-journal-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (content = "content") => Journal.open(folder, "eu-west-1", "snap-1", content);

test("what was noted is known to the next, also without a proper end", () => {
  const first = open();
  for (const index of [0, 12, 345]) first.note(index);
  first.close();
  const file = join(folder, readdirSync(folder)[0] ?? "");
  appendFileSync(file, "67"); // the beginning of a line, as a power failure leaves it
  const second = open();
  expect([...second.sent]).toEqual([0, 12, 345]);
  expect(second.isSealing).toBe(false);
  second.note(8);
  second.noteSealing();
  second.close();
  const third = open();
  expect([...third.sent]).toEqual([0, 12, 345, 8]);
  expect(third.isSealing).toBe(true);
  third.close();
});

test("a journal of another content, or of another snapshot, counts for nothing", () => {
  const first = open();
  first.note(1);
  first.close();
  const other = Journal.open(folder, "eu-west-1", "snap-2", "content");
  expect(other.sent.size).toBe(0);
  other.close();
  const changed = open("another content");
  expect(changed.sent.size).toBe(0);
  changed.close();
  removeJournal(folder, "eu-west-1", "snap-1");
  removeJournal(folder, "eu-west-1", "snap-2");
  expect(readdirSync(folder)).toEqual([]);
});
