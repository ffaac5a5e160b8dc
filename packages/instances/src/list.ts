import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { isAlive, ownerOf, type ProcessIdentity } from "./identity.js";
import { logFile } from "./log.js";
import { readMarks } from "./marks.js";
import { allPlaces, type Place } from "./places.js";
import { type InstanceRecord, readRecord, recordFile, recordMs } from "./record.js";

/**
 * `lost`: nobody noted an end, and yet its supervisor is gone: killed, or the machine was switched off.
 * `unreadable`: its record is damaged or that of a newer mirage; whether it runs, its supervisor says.
 */
export type InstanceStatus = InstanceRecord["phase"] | "lost" | "unreadable";

/** An instance as found. */
export interface Instance extends InstanceRecord {
  readonly status: InstanceStatus;
  readonly folder: string;
  /** Name of the user it belongs to. */
  readonly user: string;
}

/** All instances of the places that this process sees, the oldest first. */
export async function listInstances(places: readonly Place[] = allPlaces()): Promise<Instance[]> {
  const found = await Promise.all(places.map(instancesOf));
  return found.flat().sort((a, b) => (a.since < b.since ? -1 : 1));
}

async function instancesOf(place: Place): Promise<Instance[]> {
  const found = await Promise.all(
    (await foldersOf(place)).map((name) => readInstance(place, join(place.folder, name))),
  );
  return found.filter((instance) => instance !== undefined);
}

async function foldersOf({ folder }: Place): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "EACCES") return [];
    throw error;
  }
}

async function readInstance({ user }: Place, folder: string): Promise<Instance | undefined> {
  try {
    const record = await readRecord(folder);
    if (!record) return await unreadable(folder, user);
    const { exit } = await readMarks(folder);
    const noted =
      exit && record.phase !== "ended" ? ({ ...record, phase: "ended", exit } as const) : record;
    return { ...noted, status: await statusOf(noted, folder), folder, user };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "EACCES") return undefined; // it was removed meanwhile
    throw error;
  }
}

/** Who wrote a record must own the process that it names: others can't be meant by it. */
async function statusOf(record: InstanceRecord, folder: string): Promise<InstanceStatus> {
  if (record.phase === "ended") return "ended";
  const { uid } = await stat(recordFile(folder));
  return isHere(record.supervisor, uid) ? record.phase : "lost";
}

function isHere(supervisor: ProcessIdentity, uid: number): boolean {
  return isAlive(supervisor) && ownerOf(supervisor.pid) === uid;
}

const nobody: ProcessIdentity = { pid: 0, started: 0, boot: "" };

/** What is known of an instance without its record; nothing of a folder that is just being made. */
async function unreadable(folder: string, user: string): Promise<Instance | undefined> {
  const [{ supervisor, exit }, { uid, mtime }, names] = await Promise.all([
    readMarks(folder),
    stat(folder),
    readdir(folder),
  ]);
  const isBeingMade = Date.now() - mtime.getTime() < recordMs || !(supervisor || exit);
  if (isBeingMade && !names.includes(basename(recordFile(folder)))) return undefined;
  return {
    name: basename(folder),
    target: "unknown",
    conf: "",
    supervisor: supervisor && isHere(supervisor, uid) ? supervisor : nobody,
    since: mtime.toISOString(),
    phase: exit ? "ended" : "running",
    isDetached: names.includes(basename(logFile(folder))),
    published: [],
    ...(exit ? { exit } : {}),
    status: exit ? "ended" : "unreadable",
    folder,
    user,
  };
}
