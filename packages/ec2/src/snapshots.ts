import { createHash } from "node:crypto";
import {
  CompleteSnapshotCommand,
  DescribeSnapshotsCommand,
  type Filter,
  type Snapshot,
  StartSnapshotCommand,
} from "#sdk";
import type { Connection, Settling } from "./connection.js";
import type { DiskContent } from "./disk.js";
import { awsErrorName } from "./failure.js";
import { allPages } from "./pages.js";
import type { Encryption } from "./request.js";
import type { DiskSnapshot, Tags } from "./resources.js";
import { fromAwsTags, toAwsTags } from "./tags.js";
import { type PollOptions, waitUntil } from "./wait.js";

export async function describeSnapshots(
  connection: Connection,
  what: { readonly filters?: Filter[]; readonly ids?: string[] },
  signal?: AbortSignal,
): Promise<DiskSnapshot[]> {
  return allPages(async (token) => {
    const page = await connection.call(
      "ec2:DescribeSnapshots",
      (http) =>
        connection.ec2.send(
          new DescribeSnapshotsCommand({
            OwnerIds: ["self"],
            ...(what.filters ? { Filters: what.filters } : {}),
            ...(what.ids ? { SnapshotIds: what.ids } : {}),
            ...token,
          }),
          http,
        ),
      signal,
    );
    return { items: (page.Snapshots ?? []).map(fromAws), next: page.NextToken };
  });
}

/** What a snapshot is started with. Another request under the same token is refused by AWS. */
export interface SnapshotRequest {
  readonly volumeSize: number;
  readonly description: string;
  readonly tags: Tags;
  readonly encryption?: Encryption;
}

/** Minutes without a call after which AWS gives an unfinished snapshot up. */
const abandonedAfter = 60;

/**
 * The client token of a request: the same for the same disk and tags, on every machine, so that a
 * run which lost the answer gets the same snapshot. `attempt` tells requests apart whose snapshots
 * were deleted or failed: AWS goes on answering a token with the snapshot it once stood for.
 */
export function clientToken(
  content: DiskContent,
  request: SnapshotRequest,
  attempt: number | string,
): string {
  const { volumeSize, description, encryption } = request;
  const tags = Object.entries(request.tags).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify([
    content.id,
    volumeSize,
    description,
    tags,
    abandonedAfter,
    attempt,
    ...(encryption ? [encryption.key ?? ""] : []),
  ]);
  return `mirage-${createHash("sha256").update(text).digest("hex").slice(0, 56)}`;
}

/** A snapshot that a token stands for. */
export interface StartedSnapshot {
  readonly id: string;
  /** Whether it may have been started by this very call. */
  readonly mayBeNew: boolean;
}

/** Milliseconds within which an answer that names an earlier start can still be about a new one. */
const newMs = 600_000;

/** Starts a snapshot, or returns the one that was started with this token. */
export async function startSnapshot(
  connection: Connection,
  request: SnapshotRequest,
  token: string,
): Promise<StartedSnapshot> {
  const { encryption } = request;
  const { SnapshotId: id = "", StartTime: started } = await connection.call(
    "ebs:StartSnapshot",
    () =>
      connection.ebs.send(
        new StartSnapshotCommand({
          VolumeSize: request.volumeSize,
          Description: request.description,
          Tags: toAwsTags(request.tags),
          ClientToken: token,
          Timeout: abandonedAfter,
          ...(encryption ? { Encrypted: true } : {}),
          ...(encryption?.key ? { KmsKeyArn: encryption.key } : {}),
        }),
      ),
  );
  return { id, mayBeNew: started === undefined || Date.now() - started.getTime() < newMs };
}

/**
 * Seals a snapshot; AWS compares the number and the checksum of its blocks. There is no client
 * token: a repetition that is refused after an answer was lost means that it is sealed already.
 */
export async function completeSnapshot(
  connection: Connection,
  id: string,
  content: DiskContent,
  settling?: Settling,
): Promise<void> {
  let times = 0;
  try {
    const seal = () => {
      times += 1;
      return connection.ebs.send(
        new CompleteSnapshotCommand({
          SnapshotId: id,
          ChangedBlocksCount: content.blocks.length,
          Checksum: content.checksum,
          ChecksumAlgorithm: "SHA256",
          ChecksumAggregationMethod: "LINEAR",
        }),
      );
    };
    await connection.call("ebs:CompleteSnapshot", seal, undefined, settling);
  } catch (error) {
    if (times === 1 || awsErrorName(error) !== "ValidationException") throw error;
  }
}

/** Looks at something sealed just now that may not be visible everywhere: two minutes of the usual pauses. */
export const usualPatience = 12;

/** Waits for a sealed snapshot's end: `completed`, `error`, or that it is gone. */
export async function waitForSnapshot(
  connection: Connection,
  id: string,
  poll: PollOptions,
  signal: AbortSignal | undefined,
  onState: (state: string) => void,
  patience = usualPatience,
): Promise<DiskSnapshot | undefined> {
  let unseen = 0;
  return waitUntil(
    `the snapshot ${id} in ${connection.region}`,
    async () => {
      const snapshot = await describeOne(connection, id, signal);
      if (snapshot === undefined) {
        // A new snapshot may not be visible everywhere at once.
        unseen += 1;
        return unseen > patience ? { done: undefined } : { state: "unknown" };
      }
      const { state, progress } = snapshot;
      onState(state === "pending" && progress ? `pending, ${progress}` : state);
      return state === "completed" || state === "error" ? { done: snapshot } : { state };
    },
    poll,
    signal,
  );
}

async function describeOne(
  connection: Connection,
  id: string,
  signal: AbortSignal | undefined,
): Promise<DiskSnapshot | undefined> {
  try {
    return (await describeSnapshots(connection, { ids: [id] }, signal))[0];
  } catch (error) {
    if (awsErrorName(error) === "InvalidSnapshot.NotFound") return undefined;
    throw error;
  }
}

function fromAws(snapshot: Snapshot): DiskSnapshot {
  const { State, StateMessage, Progress, VolumeSize, StartTime } = snapshot;
  return {
    id: snapshot.SnapshotId ?? "",
    state: State ?? "pending",
    ...(StateMessage ? { stateReason: StateMessage } : {}),
    ...(Progress ? { progress: Progress } : {}),
    ...(VolumeSize ? { volumeSize: VolumeSize } : {}),
    ...(StartTime ? { started: StartTime.toISOString() } : {}),
    isEncrypted: snapshot.Encrypted ?? false,
    tags: fromAwsTags(snapshot.Tags),
  };
}
