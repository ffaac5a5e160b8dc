import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { run } from "../../src/support/mirage.js";
import type { FakeAws } from "./fake/fake-aws.js";
import { publishDisk, useAws, usualBlocks, usualDisk } from "./support/aws.js";
import { blockSize } from "./support/disk.js";

/** Debian's AWS command line: a client of the same services that shares no code with ours. */
const aws = "/usr/bin/aws";
const isThere = existsSync(aws);
if (!isThere)
  console.error("skipped: Debian's AWS command line is missing (apt-get install awscli)");
const folder = mkdtempSync(join(tmpdir(), "mirage-e2e-awscli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function awsJson(fake: FakeAws, ...args: readonly string[]) {
  const env = {
    PATH: "/usr/bin:/bin",
    HOME: folder,
    AWS_DEFAULT_REGION: "eu-west-1",
    AWS_PAGER: "",
    AWS_MAX_ATTEMPTS: "1",
    ...fake.environment(folder),
  };
  // This release doesn't know AWS_ENDPOINT_URL.
  const words = [...args, "--endpoint-url", fake.endpoint, "--output", "json"];
  const { code, stdout, stderr } = await run(aws, words, { env });
  return { code, stderr, answer: stdout.trim() === "" ? undefined : JSON.parse(stdout) };
}

async function ok(fake: FakeAws, ...args: readonly string[]) {
  const { code, stderr, answer } = await awsJson(fake, ...args);
  expect(code, stderr).toBe(0);
  return answer;
}

test.skipIf(!isThere)("the AWS command line sees and reads what was published", async () => {
  const fake = await useAws();
  const disk = usualDisk(folder);
  const published = await publishDisk(disk, { shareWith: ["210987654321"] });
  const { Images } = await ok(fake, "ec2", "describe-images", "--owners", "self");
  expect(Images).toMatchObject([
    {
      ImageId: published.image,
      Name: published.name,
      State: "available",
      Architecture: "x86_64",
      VirtualizationType: "hvm",
      BootMode: "legacy-bios",
      EnaSupport: false,
      BlockDeviceMappings: [
        {
          DeviceName: "/dev/xvda",
          Ebs: { SnapshotId: published.snapshots[0], VolumeType: "gp3", DeleteOnTermination: true },
        },
      ],
    },
  ]);
  const [snapshot = ""] = published.snapshots;
  const filter = `Name=tag:mirage:content,Values=${published.content}`;
  const { Snapshots } = await ok(
    ...([fake, "ec2", "describe-snapshots", "--owner-ids", "self", "--filters", filter] as const),
  );
  expect(Snapshots).toMatchObject([{ SnapshotId: snapshot, State: "completed", VolumeSize: 1 }]);
  const permissions = await ok(
    fake,
    ...["ec2", "describe-image-attribute", "--image-id", published.image],
    ...["--attribute", "launchPermission"],
  );
  expect(permissions.LaunchPermissions).toEqual([{ UserId: "210987654321" }]);

  const { Blocks } = await ok(fake, "ebs", "list-snapshot-blocks", "--snapshot-id", snapshot);
  expect(Blocks.map(({ BlockIndex }: { BlockIndex: number }) => BlockIndex)).toEqual(usualBlocks);
  const original = readFileSync(disk);
  const volume = Buffer.alloc(10 * blockSize);
  for (const { BlockIndex, BlockToken } of Blocks) {
    const file = join(folder, `block-${BlockIndex}`);
    await ok(
      fake,
      ...["ebs", "get-snapshot-block", "--snapshot-id", snapshot, "--block-token", BlockToken],
      ...["--block-index", String(BlockIndex), file],
    );
    readFileSync(file).copy(volume, BlockIndex * blockSize);
  }
  expect(volume.subarray(0, original.length).equals(original)).toBe(true);
});

test.skipIf(!isThere)(
  "the fake takes from the AWS command line what it takes from us, and refuses the rest",
  async () => {
    const fake = await useAws();
    const start = ["ebs", "start-snapshot", "--volume-size", "1", "--client-token"];
    const { SnapshotId: id } = await ok(fake, ...start, "one");
    expect((await ok(fake, ...start, "one")).SnapshotId).toBe(id);
    const other = ["ebs", "start-snapshot", "--volume-size", "2", "--client-token", "one"];
    expect((await awsJson(fake, ...other)).stderr).toContain("ConflictException");

    const block = Buffer.alloc(blockSize, 7);
    const file = join(folder, "block");
    writeFileSync(file, block);
    const digest = createHash("sha256").update(block).digest();
    const put = (index: number, checksum: Buffer, data = file) => [
      ...["ebs", "put-snapshot-block", "--snapshot-id", id, "--block-index", String(index)],
      ...["--block-data", data, "--data-length", String(blockSize)],
      ...["--checksum", checksum.toString("base64"), "--checksum-algorithm", "SHA256"],
    ];
    await ok(fake, ...put(5, digest));
    expect((await awsJson(fake, ...put(6, Buffer.alloc(32)))).stderr).toContain("checksum");
    expect((await awsJson(fake, ...put(2048, digest))).stderr).toContain("behind the volume's end");
    const half = join(folder, "half");
    writeFileSync(half, block.subarray(1));
    expect((await awsJson(fake, ...put(6, digest, half))).code).not.toBe(0);

    const complete = (count: number, checksum: Buffer) => [
      ...["ebs", "complete-snapshot", "--snapshot-id", id, "--changed-blocks-count", String(count)],
      ...["--checksum", checksum.toString("base64"), "--checksum-algorithm", "SHA256"],
      ...["--checksum-aggregation-method", "LINEAR"],
    ];
    const linear = createHash("sha256").update(digest).digest();
    expect((await awsJson(fake, ...complete(2, linear))).stderr).toContain("ChangedBlocksCount");
    expect((await awsJson(fake, ...complete(1, digest))).stderr).toContain("does not match");
    const register = [
      ...["ec2", "register-image", "--name", "by-hand", "--root-device-name", "/dev/xvda"],
      ...["--block-device-mappings", `DeviceName=/dev/xvda,Ebs={SnapshotId=${id}}`],
    ];
    expect((await awsJson(fake, ...register)).stderr).toContain("not completed");
    await ok(fake, ...complete(1, linear));
    await ok(fake, "ec2", "describe-snapshots", "--owner-ids", "self");
    await ok(fake, "ec2", "describe-snapshots", "--owner-ids", "self");
    const { ImageId } = await ok(fake, ...register);
    // What is left out becomes what AWS makes of it: the traps that our registration avoids.
    expect(fake.home.images.get(ImageId)?.attributes).toMatchObject({
      architecture: "i386",
      virtualizationType: "paravirtual",
      deleteOnTermination: "false",
    });
    expect((await awsJson(fake, ...register)).stderr).toContain("InvalidAMIName.Duplicate");
    const deletion = ["ec2", "delete-snapshot", "--snapshot-id", id];
    expect((await awsJson(fake, ...deletion)).stderr).toContain("InvalidSnapshot.InUse");
    expect((await awsJson(fake, "ec2", "describe-images")).stderr).toContain("Owner");
    await ok(fake, "ec2", "deregister-image", "--image-id", ImageId);
    await ok(fake, ...deletion);
    const [snapshot] = fake.home.snapshots.values();
    expect(snapshot).toBeUndefined();
  },
);
