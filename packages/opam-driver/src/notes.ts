import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomically } from "@mirage/plan";
import { type OpamTarget, rootKey } from "./target.js";

/** What the driver remembers of a switch between runs. */
export interface Notes {
  /** What was under way when it was last written; still set, it was cut short. */
  readonly underWay?: "root" | "switch" | "install";
  /** By the hash of a request, the packages (`name.version`) that satisfied it. */
  readonly satisfied: Readonly<Record<string, readonly string[]>>;
  /** Versions of the distribution's packages that what is in the switch was built against. */
  readonly systemPackages: Readonly<Record<string, string>>;
  /** State of dpkg's database when these versions were last seen to be in place. */
  readonly dpkgStamp?: string;
}

export const noNotes: Notes = { satisfied: {}, systemPackages: {} };

const format = 1;

/** Reads the notes on a switch; damaged or outdated ones count as none. */
export async function readNotes(target: OpamTarget): Promise<Notes> {
  try {
    const read: unknown = JSON.parse(await readFile(notesPath(target), "utf8"));
    const { format: found, notes } = read as { format?: unknown; notes?: Notes };
    return found === format && notes ? notes : noNotes;
  } catch {
    return noNotes;
  }
}

/** Replaces the notes on a switch, whole or not at all. */
export async function writeNotes(target: OpamTarget, notes: Notes): Promise<void> {
  const text = `${JSON.stringify({ format, root: target.root, switch: target.switch, notes }, null, 1)}\n`;
  await writeFileAtomically(notesPath(target), text);
}

function notesPath(target: OpamTarget): string {
  const hash = createHash("sha256").update(target.switch).digest("hex").slice(0, 12);
  return join(target.dataFolder, "switches", `${rootKey(target)}-${hash}.json`);
}
