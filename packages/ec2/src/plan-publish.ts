import type { Action } from "./actions.js";
import { Connection } from "./connection.js";
import type { ConnectionOptions } from "./connection-options.js";
import { blockSize, scanDisk } from "./disk.js";
import { type PlannedCall, plannedCall } from "./planned-call.js";
import { checkRequest, imageName, type PublishRequest } from "./request.js";

export interface PublishPlan {
  readonly region: string;
  readonly content: string;
  readonly imageName: string;
  readonly calls: readonly PlannedCall[];
}

/**
 * The calls that a publication makes when nothing of this content is there yet, waiting apart:
 * DescribeSnapshots and DescribeImages are repeated until AWS is ready. Calls nothing.
 */
export async function planPublish(
  request: PublishRequest,
  options: ConnectionOptions = {},
): Promise<PublishPlan> {
  checkRequest(request);
  const region = await homeRegion(options);
  const { blocks, bytes, id, volumeSize } = await scanDisk(request.disk, {
    ranges: request.ranges,
  });
  const name = imageName(request, id);
  const call = (action: Action, what: string, where = region, times = 1) =>
    plannedCall(action, where, what, times);
  const sent = (blocks.length * blockSize) / 2 ** 20;
  const whole = (bytes / 2 ** 20).toFixed(1);
  const lookUp = (where: string) => [
    call("ec2:DescribeImages", `is there an image with content ${id.slice(0, 12)}?`, where),
    call("ec2:DescribeImages", `is the name ${name} free?`, where),
  ];
  const finish = (where: string) => [
    call("ec2:DescribeImages", "until it is available", where),
    ...(request.shareWith?.length
      ? [call("ec2:ModifyImageAttribute", `launch: ${request.shareWith.join(", ")}`, where)]
      : []),
    ...(request.deprecateAfterDays
      ? [call("ec2:EnableImageDeprecation", `in ${request.deprecateAfterDays} days`, where)]
      : []),
  ];
  const others = new Set(request.copyTo ?? []);
  others.delete(region);
  const calls = [
    ...lookUp(region),
    call("ec2:DescribeSnapshots", "is there a snapshot of an earlier run?"),
    call("ebs:StartSnapshot", `of a volume of ${volumeSize} GiB${encrypted(request)}`),
    call("ebs:PutSnapshotBlock", `${sent} MiB of a disk of ${whole} MiB`, region, blocks.length),
    call("ebs:CompleteSnapshot", "with the checksum of all blocks"),
    call("ec2:DescribeSnapshots", "until it is completed"),
    call("ec2:RegisterImage", name),
    ...finish(region),
    ...[...others].flatMap((other) => [
      ...lookUp(other),
      call("ec2:CopyImage", `from ${region}`, other),
      ...finish(other),
    ]),
  ];
  return { region, content: id, imageName: name, calls };
}

function encrypted({ encryption }: PublishRequest): string {
  if (!encryption) return "";
  return `, encrypted with ${encryption.key ?? "the account's key"}`;
}

async function homeRegion(options: ConnectionOptions): Promise<string> {
  const connection = await Connection.open(options);
  connection.close();
  return connection.region;
}
