import { randomUUID } from "node:crypto";
import { MirageError } from "@mirage/diagnostics";
import type { Settling } from "./connection.js";
import { blockSize } from "./disk.js";
import { awsErrorName } from "./failure.js";
import { Journal, noteForgotten, wasForgotten } from "./journal.js";
import { deleteSnapshot } from "./removal.js";
import type { DiskSnapshot } from "./resources.js";
import { settleAttempts } from "./retry.js";
import { interruptionPoint, type Run } from "./run.js";
import {
  clientToken,
  completeSnapshot,
  describeSnapshots,
  startSnapshot,
  waitForSnapshot,
} from "./snapshots.js";
import { withContent } from "./tags.js";
import type { Unfinished } from "./unfinished.js";
import { uploadBlocks } from "./upload.js";

/**
 * Client tokens that every run tries in the same order; each may stand for a snapshot that was
 * deleted. One that nobody has used comes after them.
 */
const knownAttempts = 8;

/** A snapshot to fill. */
interface Candidate {
  readonly id: string;
  /** Whether an earlier run left it: then AWS knows it, or it is gone. */
  readonly isOld: boolean;
  /** Calls for which AWS may not know it yet. */
  readonly patience: number;
}

/** About 15 seconds' worth, for a snapshot that is certainly new after one that perhaps was. */
const secondPatience = 8;

/**
 * A completed snapshot with the content: one that is there, or else one that is started, or
 * continued where an earlier run stopped.
 */
export async function makeSnapshot(run: Run, unfinished: Unfinished): Promise<string> {
  const { home, content, signal } = run;
  const all = await describeSnapshots(home, { filters: [withContent(content.id)] }, signal);
  const known = all.filter(({ isEncrypted }) => isEncrypted || !run.image.encryption);
  const completed = known.find(({ state }) => state === "completed");
  if (completed) {
    unfinished.addSnapshot(home, completed.id);
    return completed.id;
  }
  for (const { id } of known.filter(({ state }) => state === "error")) await forget(run, id);
  let lastRefusal: MirageError | undefined;
  for await (const { id, isOld, patience } of candidates(
    run,
    unfinished,
    known,
    () => lastRefusal,
  )) {
    unfinished.addSnapshot(home, id);
    const refusal = await fill(run, id, patience);
    const waitsForOthers = refusal !== undefined && isOld && !isUnknown(refusal);
    const snapshot =
      refusal === undefined || waitsForOthers ? await finalState(run, id) : await stateNow(run, id);
    if (snapshot?.state === "completed") return id;
    if (refusal === undefined) throw snapshotFailed(run, id, snapshot);
    if (!isOld && snapshot?.state === "pending") throw refusal;
    await forget(run, id);
    unfinished.finishSnapshot(id);
    lastRefusal = patience > 1 ? refusal : undefined;
  }
  if (lastRefusal) throw lastRefusal;
  throw new MirageError(
    "ERR_MIRAGE_EC2_SNAPSHOT",
    `${home.region} starts no snapshot that takes blocks`,
    {
      hint: "run the command again",
    },
  );
}

/**
 * Unfinished snapshots of earlier runs; then new ones, as their client tokens have it. AWS answers a
 * token with what it once stood for, so one that it doesn't know may be new or gone. It is waited for
 * once; if in vain, what follows is certainly new.
 */
async function* candidates(
  run: Run,
  unfinished: Unfinished,
  known: readonly DiskSnapshot[],
  hasWaited: () => unknown,
): AsyncGenerator<Candidate> {
  const seen = new Set<string>();
  for (const { id } of known.filter(({ state }) => state === "pending")) {
    seen.add(id);
    yield { id, isOld: true, patience: 1 };
  }
  const request = { ...run.image, volumeSize: run.content.volumeSize };
  const start = async (attempt: number | string) => {
    interruptionPoint(run);
    const token = clientToken(run.content, request, attempt);
    return unfinished.creating(run.home, () => startSnapshot(run.home, request, token));
  };
  for (let attempt = 0; attempt < knownAttempts && !hasWaited(); attempt++) {
    const { id, mayBeNew } = await start(attempt);
    const isGone = !mayBeNew || wasForgotten(run.journals, run.home.region, id);
    if (!seen.has(id)) yield { id, isOld: false, patience: isGone ? 1 : settleAttempts };
    seen.add(id);
  }
  const { id } = await start(randomUUID());
  yield { id, isOld: false, patience: hasWaited() ? secondPatience : settleAttempts };
}

/** Answered as if there were no such snapshot. */
function isUnknown(error: MirageError): boolean {
  return awsErrorName(error) === "ResourceNotFoundException";
}

/**
 * Sends what is missing and seals the snapshot. Returns AWS's refusal if it takes no blocks: it is
 * gone, has failed, or was sealed by a run whose journal isn't here.
 */
async function fill(run: Run, id: string, patience: number): Promise<MirageError | undefined> {
  const { home, content } = run;
  const settling = { names: ["ResourceNotFoundException"], attempts: patience };
  const journal = Journal.open(run.journals, home.region, id, content.id);
  try {
    if (!journal.isSealing) await send(run, id, journal, settling);
    interruptionPoint(run);
    journal.noteSealing();
    await completeSnapshot(home, id, content, settling);
    return undefined;
  } catch (error) {
    if (error instanceof MirageError && takesNoBlocks(error)) return error;
    throw error;
  } finally {
    journal.close();
  }
}

async function send(
  run: Run,
  snapshot: string,
  journal: Journal,
  settling: Settling,
): Promise<void> {
  const { home, content, workers, signal, tell } = run;
  const skippedBytes = journal.sent.size * blockSize;
  const totalBytes = content.blocks.length * blockSize;
  let bytes = skippedBytes;
  tell({ type: "uploading", snapshot, region: home.region, skippedBytes });
  await uploadBlocks(home, snapshot, content, journal, {
    workers,
    settling,
    onBlock: () => {
      bytes += blockSize;
      tell({ type: "sent", bytes, totalBytes });
    },
    ...(signal ? { signal } : {}),
  });
}

function takesNoBlocks(error: MirageError): boolean {
  const name = awsErrorName(error) ?? "";
  return ["ConflictException", "ResourceNotFoundException", "ValidationException"].includes(name);
}

function finalState(run: Run, id: string): Promise<DiskSnapshot | undefined> {
  const { home, poll, signal, tell } = run;
  return waitForSnapshot(home, id, poll, signal, (state) =>
    tell({ type: "waiting", id, region: home.region, state }),
  );
}

async function stateNow(run: Run, id: string): Promise<DiskSnapshot | undefined> {
  const filters = [{ Name: "snapshot-id", Values: [id] }];
  return (await describeSnapshots(run.home, { filters }, run.signal))[0];
}

async function forget({ home, journals, signal }: Run, id: string): Promise<void> {
  await deleteSnapshot(home, id, signal);
  noteForgotten(journals, home.region, id);
}

function snapshotFailed(
  { home }: Run,
  id: string,
  snapshot: DiskSnapshot | undefined,
): MirageError {
  const reason = snapshot?.stateReason ?? (snapshot ? "no reason is given" : "it is gone");
  return new MirageError(
    "ERR_MIRAGE_EC2_SNAPSHOT",
    `AWS could not make the snapshot ${id} in ${home.region}: ${reason}`,
    { hint: "run the command again" },
  );
}
