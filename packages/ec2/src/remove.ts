import { MirageError } from "@mirage/diagnostics";
import type { Action } from "./actions.js";
import { Connection } from "./connection.js";
import type { ConnectionOptions } from "./connection-options.js";
import { awsErrorName } from "./failure.js";
import { describeImages } from "./images.js";
import { describeInstance, terminateInstance } from "./instances.js";
import { noteForgotten } from "./journal.js";
import { deleteImage, deleteSnapshot } from "./removal.js";
import type { Tags } from "./resources.js";
import { describeSnapshots } from "./snapshots.js";
import { stateFolder } from "./state-folder.js";
import { contentTag } from "./tags.js";

export interface RemoveOptions extends ConnectionOptions {
  readonly journals?: string;
  readonly signal?: AbortSignal;
}

/** Something to remove, and the call that does it. */
export interface Removal {
  readonly id: string;
  readonly region: string;
  readonly action: Action;
  /** Snapshots that go with an image. */
  readonly snapshots: readonly string[];
}

/** What a removal would do. Refuses, all at once, what is not there or was not made by mirage. */
export async function planRemoval(
  ids: readonly string[],
  options: RemoveOptions = {},
): Promise<Removal[]> {
  return withConnection(options, (connection) => plan(connection, ids, options.signal));
}

/**
 * Removes images with their snapshots, stray snapshots and instances of one region. Refuses what
 * was not made by mirage before it touches anything.
 */
export async function remove(
  ids: readonly string[],
  options: RemoveOptions = {},
): Promise<Removal[]> {
  const journals = options.journals ?? stateFolder();
  return withConnection(options, async (connection) => {
    const removals = await plan(connection, ids, options.signal);
    for (const removal of removals) await perform(connection, removal, journals);
    return removals;
  });
}

async function withConnection<T>(
  options: ConnectionOptions,
  job: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await Connection.open(options);
  try {
    return await job(connection);
  } finally {
    connection.close();
  }
}

async function plan(
  connection: Connection,
  ids: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Removal[]> {
  const found = await Promise.all(
    [...new Set(ids)].map((id) => look(connection, id, signal).catch(asProblem)),
  );
  const problems = found.flatMap((one) => (one instanceof MirageError ? one.toDiagnostics() : []));
  if (problems.length > 0) {
    const message = "nothing was removed";
    throw new MirageError("ERR_MIRAGE_EC2_REMOVE", message, { details: problems });
  }
  return found.flatMap((one) => (one instanceof MirageError ? [] : [one]));
}

function asProblem(error: unknown): MirageError {
  if (error instanceof MirageError) return error;
  throw error;
}

async function look(
  connection: Connection,
  id: string,
  signal: AbortSignal | undefined,
): Promise<Removal> {
  const { region } = connection;
  const removal = (action: Action, tags: Tags | undefined, snapshots: readonly string[] = []) => {
    if (tags === undefined) throw notThere(id, region);
    if (!(contentTag in tags)) throw notOurs(id, region);
    return { id, region, action, snapshots };
  };
  if (id.startsWith("ami-")) {
    const image = await absentIf(
      "InvalidAMIID.NotFound",
      async () => (await describeImages(connection, { ids: [id] }, signal))[0],
    );
    return removal("ec2:DeregisterImage", image?.tags, image?.snapshots);
  }
  if (id.startsWith("snap-")) {
    const snapshot = await absentIf(
      "InvalidSnapshot.NotFound",
      async () => (await describeSnapshots(connection, { ids: [id] }, signal))[0],
    );
    return removal("ec2:DeleteSnapshot", snapshot?.tags);
  }
  if (id.startsWith("i-")) {
    const instance = await describeInstance(connection, id, signal);
    return removal("ec2:TerminateInstances", instance?.tags);
  }
  throw new MirageError("ERR_MIRAGE_EC2_REMOVE", `\`${id}\` is not an AWS id`, {
    hint: "an image's begins with ami-, a snapshot's with snap-, an instance's with i-; `mirage ec2 list` shows them",
  });
}

async function perform(
  connection: Connection,
  { id, action, snapshots }: Removal,
  journals: string,
): Promise<void> {
  if (action === "ec2:TerminateInstances") return terminateInstance(connection, id);
  if (action === "ec2:DeregisterImage") {
    await deleteImage(connection, id, snapshots);
    for (const snapshot of snapshots) noteForgotten(journals, connection.region, snapshot);
    return;
  }
  if (!(await deleteSnapshot(connection, id))) {
    throw new MirageError("ERR_MIRAGE_EC2_REMOVE", `an image uses ${id}`, {
      hint: "remove the image: its snapshots go with it; `mirage ec2 list` shows it",
    });
  }
  noteForgotten(journals, connection.region, id);
}

async function absentIf<T>(name: string, job: () => Promise<T>): Promise<T | undefined> {
  try {
    return await job();
  } catch (error) {
    if (awsErrorName(error) === name) return undefined;
    throw error;
  }
}

function notThere(id: string, region: string): MirageError {
  return new MirageError("ERR_MIRAGE_EC2_REMOVE", `there is no ${id} in ${region}`, {
    hint: "`mirage ec2 list` shows what there is in every region; name its with --region",
  });
}

function notOurs(id: string, region: string): MirageError {
  return new MirageError("ERR_MIRAGE_EC2_REMOVE", `${id} in ${region} was not made by mirage`, {
    hint: `it has no tag ${contentTag}; remove it with AWS's own tools`,
  });
}
