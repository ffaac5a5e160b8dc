import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { isAlive, ownerOf } from "./identity.js";
import { allPlaces, type Place } from "./places.js";
import { type InstanceRecord, readRecord, recordFile } from "./record.js";

/**
 * `lost`: nobody noted an end, and yet its keeper is gone: killed, or the machine was switched off.
 */
export type InstanceStatus = InstanceRecord["phase"] | "lost";

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
  const record = await readRecord(folder);
  if (!record) return undefined;
  return { ...record, status: await statusOf(record, folder), folder, user };
}

/** Who wrote a record must own the process that it names: others can't be meant by it. */
async function statusOf(record: InstanceRecord, folder: string): Promise<InstanceStatus> {
  if (record.phase === "ended") return "ended";
  const { uid } = await stat(recordFile(folder));
  const isHere = isAlive(record.keeper) && ownerOf(record.keeper.pid) === uid;
  return isHere ? record.phase : "lost";
}
