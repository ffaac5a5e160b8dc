import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { MirageError } from "@mirage/diagnostics";
import { remove } from "@mirage/ec2";
import { expect, test } from "vitest";
import { accessKey, secretKey, sessionToken } from "./fake/fake-aws.js";
import {
  onlySnapshot,
  publishDisk,
  quick,
  readBack,
  temporaryFolder,
  useAws,
  usualBlocks,
  usualDisk,
} from "./support/aws.js";
import { blockSize, writeDisk } from "./support/disk.js";
import { Setting } from "./support/setting.js";

test("exactly the blocks that are not zeros are sent, each once", async () => {
  const fake = await useAws();
  const disk = usualDisk();
  await publishDisk(disk);
  expect(fake.actions).toEqual([
    "ec2:DescribeImages",
    "ec2:DescribeImages",
    "ec2:DescribeSnapshots",
    "ebs:StartSnapshot",
    ...usualBlocks.map(() => "ebs:PutSnapshotBlock"),
    "ebs:CompleteSnapshot",
    "ec2:DescribeSnapshots",
    "ec2:DescribeSnapshots",
    "ec2:RegisterImage",
    "ec2:DescribeImages",
    "ec2:DescribeImages",
  ]);
  const puts = fake.seen.filter(({ action }) => action === "ebs:PutSnapshotBlock");
  expect(puts.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(usualBlocks.length * blockSize);
  const original = readFileSync(disk);
  expect(readBack(onlySnapshot(fake.home), original.length).equals(original)).toBe(true);
});

test("the same bytes under another name are the same image; other bytes are not", async () => {
  const fake = await useAws();
  const first = await publishDisk(usualDisk());
  fake.forgetCalls();
  const second = await publishDisk(usualDisk());
  expect(second).toMatchObject({ image: first.image, created: false });
  expect(fake.actions.filter((action) => !action.includes("Describe"))).toEqual([]);
  const other = await publishDisk(usualDisk(temporaryFolder(), 2));
  expect(other).toMatchObject({ created: true });
  expect(other.image).not.toBe(first.image);
});

test("two publications of one disk at the same time make one image", async () => {
  const fake = await useAws({ latencyMs: 5 });
  const disk = usualDisk();
  const outcomes = await Promise.allSettled([publishDisk(disk), publishDisk(disk)]);
  const images = outcomes.flatMap((outcome) =>
    outcome.status === "fulfilled" ? [outcome.value.image] : [],
  );
  expect(new Set(images).size).toBe(1);
  const original = readFileSync(disk);
  expect(readBack(onlySnapshot(fake.home), original.length).equals(original)).toBe(true);
});

test("many workers that are refused together all come back", async () => {
  const fake = await useAws();
  const folder = temporaryFolder();
  const disk = join(folder, "disk.img");
  writeDisk(disk, 100 * blockSize, [...Array(100).keys()]);
  fake.faults = [{ at: "ebs:PutSnapshotBlock", kind: "throttle", times: 150 }];
  // Pauses long enough that no block meets all the refusals.
  await publishDisk(disk, { workers: 64, retry: { baseMs: 10, capMs: 1000 } });
  const original = readFileSync(disk);
  expect(readBack(onlySnapshot(fake.home), original.length).equals(original)).toBe(true);
});

test("without its journal, an unfinished snapshot is filled again; a sealed one is waited for", async () => {
  const fake = await useAws();
  const disk = usualDisk();
  fake.faults = [{ at: "ebs:CompleteSnapshot", kind: "expired" }];
  await publishDisk(disk).catch(() => {});
  fake.recover();
  const [open = ""] = fake.home.snapshots.keys();
  fake.forgetCalls();
  fake.faults = [{ at: "ec2:RegisterImage", kind: "expired" }];
  await publishDisk(disk).catch(() => {});
  expect(fake.actions).not.toContain("ebs:StartSnapshot");
  fake.recover();
  const snapshot = fake.home.snapshots.get(open);
  if (snapshot) Object.assign(snapshot, { state: "sealed", looksLeft: 2 });
  const published = await publishDisk(disk);
  expect(published.snapshots).toEqual([open]);
});

test("an image that an earlier run left pending is waited for; if it fails, it is removed", async () => {
  const fake = await useAws({ looks: 4 });
  const disk = usualDisk();
  const stopped = new AbortController();
  fake.onCall = () => {
    if (fake.home.images.size > 0)
      for (const one of fake.credentials.values()) one.isExpired = true;
  };
  await publishDisk(disk).catch(() => {});
  fake.recover();
  fake.onCall = () => stopped.abort();
  const error = await publishDisk(disk, { signal: stopped.signal }).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ code: "ERR_MIRAGE_INTERRUPTED" });
  fake.onCall = () => {};
  expect([...fake.home.images.values()].map(({ state }) => state)).toEqual(["pending"]);
  fake.imageFates.push("failed");
  await expect(publishDisk(disk)).rejects.toMatchObject({ code: "ERR_MIRAGE_EC2_IMAGE" });
  expect(fake.home.images.size + fake.home.snapshots.size).toBe(0);
});

test("published and removed again and again, it is made anew each time", async () => {
  const fake = await useAws({ looks: 0 });
  const disk = usualDisk();
  const images = new Set<string>();
  for (let time = 0; time < 10; time++) {
    const { image, created } = await publishDisk(disk);
    expect(created).toBe(true);
    images.add(image);
    await remove([image], { ...quick, journals: temporaryFolder() });
  }
  expect(images.size).toBe(10);
  expect(fake.home.snapshots.size).toBe(0);
});

test("copies are made at once, and the journal is gone in the end", async () => {
  const fake = await useAws({ latencyMs: 20, looks: 2 });
  const journals = temporaryFolder();
  const copyTo = ["us-east-1", "ap-southeast-2", "eu-west-1"];
  const { copies } = await publishDisk(usualDisk(), { copyTo, journals });
  expect(copies.map(({ region }) => region)).toEqual(["us-east-1", "ap-southeast-2"]);
  // The second copy is begun before the first is available.
  const calls = fake.seen.map(({ action, region }) => `${action} ${region}`);
  const begun = calls.indexOf("ec2:CopyImage ap-southeast-2");
  expect(begun).toBeLessThan(calls.lastIndexOf("ec2:DescribeImages us-east-1"));
  expect(readdirSync(journals)).toEqual([]);
});

test("a name that another image has is refused before anything is sent", async () => {
  const fake = await useAws();
  const { image } = await publishDisk(usualDisk(), { imageName: "production" });
  fake.forgetCalls();
  const other = publishDisk(usualDisk(temporaryFolder(), 2), { imageName: "production" });
  await expect(other).rejects.toMatchObject({
    code: "ERR_MIRAGE_EC2_NAME_TAKEN",
    message: expect.stringContaining(image),
  });
  expect(new Set(fake.actions)).toEqual(new Set(["ec2:DescribeImages"]));
});

test("what mirage did not make is never removed, and then nothing is", async () => {
  const fake = await useAws();
  const { image } = await publishDisk(usualDisk());
  const foreign = fake.home.images.get((await publishDisk(usualDisk(temporaryFolder(), 2))).image);
  if (foreign) foreign.tags = { Name: "somebody else's" };
  const error = await remove([image, foreign?.id ?? "", "ami-00000000000000bad", "x"], quick).catch(
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof MirageError)) throw new Error(`no MirageError, but ${error}`);
  expect(error.details.map(({ message }) => message)).toEqual([
    `${foreign?.id} in eu-west-1 was not made by mirage`,
    "there is no ami-00000000000000bad in eu-west-1",
    "`x` is not an AWS id",
  ]);
  expect(fake.home.images.size).toBe(2);
});

test("profiles work: a program that gives credentials, and the region", async () => {
  const setting = await Setting.make();
  const { AWS_CONFIG_FILE: config = "", ...env } = setting.env;
  const answer = {
    Version: 1,
    AccessKeyId: accessKey,
    SecretAccessKey: secretKey,
    SessionToken: sessionToken,
  };
  mkdirSync(dirname(config));
  writeFileSync(join(dirname(config), "answer.json"), JSON.stringify(answer));
  writeFileSync(
    config,
    `[profile work]\nregion = us-east-1\ncredential_process = cat ${dirname(config)}/answer.json\n`,
  );
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION, ...bare } = env;
  const disk = usualDisk(setting.home);
  const args = ["publish", "ec2", "--disk", disk, "--profile", "work", "--json"];
  const { code, stdout, stderr } = await setting.runWith(
    { ...bare, AWS_CONFIG_FILE: config },
    args,
  );
  expect(code, stderr).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ region: "us-east-1", created: true });

  const nobody = await setting.runWith(bare, ["ec2", "list", "--region", "eu-west-1"]);
  expect(nobody.code).toBe(1);
  expect(nobody.stderr).toContain("aws sso login");
  const nowhere = await setting.runWith(bare, ["ec2", "list"]);
  expect(nowhere.stderr).toContain("--region");
});
