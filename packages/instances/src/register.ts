import { chown, mkdir, open, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { MirageError } from "@mirage/diagnostics";
import { boundLog } from "./bound-log.js";
import { identify, isAlive } from "./identity.js";
import { logFile } from "./log.js";
import { hasMark, markEnd, markSupervisor, readMarks } from "./marks.js";
import { allPlaces, type Place } from "./places.js";
import { type InstanceRecord, readRecord, recordMs, writeRecord } from "./record.js";

/** An instance that this process keeps, and notes what becomes of. */
export interface Registration {
  readonly name: string;
  readonly folder: string;
  /** The file for its output, if it is detached. */
  readonly log?: string;
  update(news: Partial<InstanceRecord>): Promise<void>;
  /** Notes how it ended; the log stays until the next instance of that name, or `stop`. */
  end(code: number): Promise<void>;
  /** Leaves nothing of it. */
  forget(): Promise<void>;
}

/** What is known of an instance before it starts. */
export interface NewInstance {
  /** What it is called if the name is free, and else with a number behind. */
  readonly name: string;
  /** Refuse a name that is taken. */
  readonly isExact?: boolean;
  readonly target: string;
  readonly conf: string;
  readonly isDetached: boolean;
}

/** Milliseconds between two looks at the size of a log. */
const lookMs = 1_000;

/**
 * Notes an instance that this process is about to start, in a place of the user's own.
 * @throws MirageError `ERR_MIRAGE_INSTANCE_TAKEN` if the name is taken and `isExact`,
 * `ERR_MIRAGE_INSTANCE_NAME` if it cannot be one
 */
export async function register(
  { name: wanted, isExact, ...about }: NewInstance,
  places: readonly [Place, ...Place[]] = allPlaces(),
): Promise<Registration> {
  checkName(wanted);
  const { name, folder } = await reserve(wanted, isExact === true, places);
  const record: InstanceRecord = {
    ...about,
    name,
    supervisor: thisProcess(),
    since: new Date().toISOString(),
    phase: "starting",
    published: [],
  };
  try {
    const mark = await markSupervisor(folder, record.supervisor);
    if (about.isDetached) await makeLog(folder);
    await writeRecord(folder, record);
    return registration(folder, record, mark);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** It becomes the name of a folder. */
function checkName(name: string): void {
  if (/^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/.test(name)) return;
  throw new MirageError("ERR_MIRAGE_INSTANCE_NAME", `an instance cannot be called \`${name}\``, {
    hint: "write up to 100 letters, digits, `.`, `_` and `-`",
    exitCode: 2,
  });
}

/**
 * Takes over, as its supervisor, an instance that another process has registered, and keeps its log within
 * bounds.
 */
export async function adopt(folder: string): Promise<Registration> {
  const record = await readRecord(folder);
  if (!record) throw new Error(`${folder} holds no instance`);
  const mine = { ...record, supervisor: thisProcess() };
  const mark = await markSupervisor(folder, mine.supervisor, record.supervisor);
  await writeRecord(folder, mine);
  if (mine.isDetached) {
    const look = () => void boundLog(logFile(folder)).catch(() => {}); // it may be gone with the folder
    setInterval(look, lookMs).unref();
  }
  return registration(folder, mine, mark);
}

function registration(folder: string, first: InstanceRecord, firstMark: string): Registration {
  let record = first;
  let mark = firstMark;
  let last: Promise<void> = Promise.resolve();
  const update = (news: Partial<InstanceRecord>) => {
    record = { ...record, ...news };
    const now = record;
    // One that failed, as on a full disk, holds up no later one.
    last = last
      .catch(() => {})
      .then(async () => {
        if (await hasMark(folder, mark)) await writeRecord(folder, now);
      });
    return last;
  };
  const end = async (code: number) => {
    const exit = { code, at: new Date().toISOString() };
    await update({ phase: "ended", exit }).catch(() => {}); // the mark says it as well
    if (await hasMark(folder, mark)) mark = await markEnd(folder, mark, exit);
  };
  const forget = async () => {
    await last.catch(() => {}); // what could not be noted need not be forgotten
    if (await hasMark(folder, mark)) await rm(folder, { recursive: true, force: true });
  };
  return {
    name: first.name,
    folder,
    ...(first.isDetached ? { log: logFile(folder) } : {}),
    update,
    end,
    forget,
  };
}

async function reserve(
  wanted: string,
  isExact: boolean,
  [own, ...others]: readonly [Place, ...Place[]],
): Promise<{ name: string; folder: string }> {
  await mkdir(own.folder, { recursive: true });
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    const folder = join(own.folder, name);
    const isElsewhere = others.map((place) => isTaken(join(place.folder, name)));
    if (!(await Promise.all(isElsewhere)).includes(true) && (await take(folder))) {
      return { name, folder };
    }
    if (!isExact) continue;
    throw new MirageError("ERR_MIRAGE_INSTANCE_TAKEN", `there is an instance ${name} already`, {
      hint: `choose another name, or end it: \`mirage stop ${name}\``,
    });
  }
}

/** Makes the folder, in place of one whose instance has ended; false if somebody has it. */
async function take(folder: string): Promise<boolean> {
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      await mkdir(folder);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    if (await isTaken(folder)) return false;
    await rm(folder, { recursive: true, force: true });
  }
  return false;
}

async function isTaken(folder: string): Promise<boolean> {
  const { supervisor, exit } = await readMarks(folder);
  if (exit) return false;
  if (supervisor && isAlive(supervisor)) return true;
  const record = await readRecord(folder);
  if (record) return record.phase !== "ended" && isAlive(record.supervisor);
  try {
    return Date.now() - (await stat(folder)).mtimeMs < recordMs;
  } catch {
    return false;
  }
}

/** The log of what root runs is readable for the user who called sudo, and for no other. */
async function makeLog(folder: string): Promise<void> {
  const path = logFile(folder);
  await (await open(path, "wx", 0o600)).close();
  const caller = Number(process.env.SUDO_UID ?? Number.NaN);
  if (process.getuid?.() === 0 && Number.isInteger(caller)) await chown(path, caller, 0);
}

function thisProcess(): InstanceRecord["supervisor"] {
  const identity = identify(process.pid);
  if (identity) return identity;
  throw new MirageError("ERR_MIRAGE_INSTANCE_PROC", "/proc doesn't show this process", {
    hint: "mount it: `sudo mount -t proc proc /proc`",
  });
}
