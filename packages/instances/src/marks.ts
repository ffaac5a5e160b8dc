import { readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ProcessIdentity } from "./identity.js";

// What has to be known whatever became of the record stands in names of empty files: a name cannot be
// cut short, is there or not, and needs no space on a full disk.

/** What the names of an instance's folder say. */
export interface Marks {
  /** The process that keeps it. */
  readonly supervisor?: ProcessIdentity;
  /** How it ended. */
  readonly exit?: { readonly code: number; readonly at: string };
}

function supervisorMark({ pid, started, boot }: ProcessIdentity): string {
  return `supervisor.${pid}.${started}.${boot}`;
}

/** Reads the marks of an instance's folder; none if it cannot be read. */
export async function readMarks(folder: string): Promise<Marks> {
  const marks: { -readonly [Key in keyof Marks]: Marks[Key] } = {};
  for (const name of await namesIn(folder)) {
    const [, pid, started, boot] = /^supervisor\.(\d+)\.(\d+)\.([0-9a-f-]+)$/.exec(name) ?? [];
    if (boot !== undefined) marks.supervisor = { pid: Number(pid), started: Number(started), boot };
    const [, code, at] = /^ended\.(\d+)\.(\d+)$/.exec(name) ?? [];
    if (at !== undefined) {
      marks.exit = { code: Number(code), at: new Date(Number(at)).toISOString() };
    }
  }
  return marks;
}

/** Makes a process the supervisor of a folder, in place of another one; returns its mark. */
export async function markSupervisor(
  folder: string,
  supervisor: ProcessIdentity,
  before?: ProcessIdentity,
): Promise<string> {
  const mark = supervisorMark(supervisor);
  await writeFile(join(folder, mark), "");
  if (before) await rm(join(folder, supervisorMark(before)), { force: true });
  return mark;
}

/** Whether a folder has a mark: a later instance of the same name has others. */
export async function hasMark(folder: string, mark: string): Promise<boolean> {
  return (await namesIn(folder)).includes(mark);
}

/** Turns the supervisor's mark into one that says how it ended, which is returned. */
export async function markEnd(
  folder: string,
  mark: string,
  { code, at }: { readonly code: number; readonly at: string },
): Promise<string> {
  const end = `ended.${code}.${Date.parse(at)}`;
  await rename(join(folder, mark), join(folder, end));
  return end;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}
