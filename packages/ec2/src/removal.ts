import { DeleteSnapshotCommand, DeregisterImageCommand } from "#sdk";
import type { Connection } from "./connection.js";
import { awsErrorName } from "./failure.js";

/** Deletes a snapshot. One that is gone already is fine; of one that an image uses, false. */
export async function deleteSnapshot(
  connection: Connection,
  id: string,
  signal?: AbortSignal,
): Promise<boolean> {
  try {
    await connection.call(
      "ec2:DeleteSnapshot",
      (http) => connection.ec2.send(new DeleteSnapshotCommand({ SnapshotId: id }), http),
      signal,
    );
  } catch (error) {
    const name = awsErrorName(error);
    if (name === "InvalidSnapshot.InUse") return false;
    if (name !== "InvalidSnapshot.NotFound") throw error;
  }
  return true;
}

/** Deregisters an image and deletes its snapshots; what is gone already is fine. */
export async function deleteImage(
  connection: Connection,
  id: string,
  snapshots: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const left = new Set(snapshots);
  try {
    const { DeleteSnapshotResults: results = [] } = await connection.call(
      "ec2:DeregisterImage",
      (http) =>
        connection.ec2.send(
          new DeregisterImageCommand({ ImageId: id, DeleteAssociatedSnapshots: true }),
          http,
        ),
      signal,
    );
    for (const { SnapshotId, ReturnCode } of results) {
      if (SnapshotId && ReturnCode === "success") left.delete(SnapshotId);
    }
  } catch (error) {
    const name = awsErrorName(error);
    if (name !== "InvalidAMIID.NotFound" && name !== "InvalidAMIID.Unavailable") throw error;
  }
  for (const snapshot of left) await deleteSnapshot(connection, snapshot, signal);
}
