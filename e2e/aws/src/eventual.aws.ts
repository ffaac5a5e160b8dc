import { MirageError } from "@mirage/diagnostics";
import { expect, test } from "vitest";
import { hasModels } from "./fake/model.js";
import { onlySnapshot, publishDisk, temporaryFolder, useAws, usualDisk } from "./support/aws.js";

test.runIf(process.env.CI)("AWS's models are there to check requests and answers", () => {
  expect(hasModels, "apt-get install python3-botocore").toBe(true);
});

test.each([
  "ebs:PutSnapshotBlock",
  "ebs:CompleteSnapshot",
  "ec2:RegisterImage",
  "ec2:ModifyImageAttribute",
  "ec2:EnableImageDeprecation",
])("%s of something that AWS doesn't know yet is repeated until it does", async (at) => {
  const fake = await useAws();
  fake.faults = [{ at, kind: "not-yet", times: 15 }];
  const shareWith = ["210987654321"];
  await publishDisk(usualDisk(), { workers: 1, shareWith, deprecateAfterDays: 30 });
  expect(fake.actions.filter((action) => action === "ebs:StartSnapshot")).toHaveLength(1);
  expect(fake.actions).not.toContain("ec2:DeleteSnapshot");
  expect(onlySnapshot(fake.home).state).toBe("completed");
});

test("looking at a snapshot and an image that aren't visible yet goes on", async () => {
  const fake = await useAws();
  fake.faults = [{ at: 11, kind: "not-yet", times: 8 }];
  await publishDisk(usualDisk(), { workers: 1 });
  expect(fake.actions.filter((action) => action === "ebs:StartSnapshot")).toHaveLength(1);
});

test("a snapshot that AWS never knows is removed, and AWS's words are the error", async () => {
  const fake = await useAws();
  fake.faults = [{ at: "ebs:PutSnapshotBlock", kind: "not-yet", times: 10_000 }];
  const error = await publishDisk(usualDisk(), { workers: 1 }).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(MirageError);
  expect(error.message).toContain("It does not exist.");
  expect(fake.home.snapshots.size).toBe(0);
  expect(fake.actions.filter((action) => action === "ebs:StartSnapshot")).toHaveLength(1);
});

test("a snapshot that an earlier run deleted is given up at once", async () => {
  const fake = await useAws();
  const journals = temporaryFolder();
  const disk = usualDisk();
  fake.faults = [{ at: "ebs:CompleteSnapshot", kind: "forbidden" }];
  await publishDisk(disk, { workers: 1, journals }).catch(() => {});
  expect(fake.home.snapshots.size).toBe(0);
  fake.forgetCalls();
  await publishDisk(disk, { workers: 1, journals });
  expect(fake.seen.filter(({ outcome }) => outcome === "ResourceNotFoundException")).toHaveLength(
    1,
  );
});

test("a proxy's web page is asked again, and named with its status if it stays", async () => {
  for (const at of ["ec2:DescribeImages", "ebs:PutSnapshotBlock", "ebs:StartSnapshot"]) {
    const fake = await useAws();
    fake.faults = [{ at, kind: "html", times: 2 }];
    await publishDisk(usualDisk(), { workers: 1 });
    await fake.stop();
    const other = await useAws();
    other.faults = [{ at, kind: "html", times: 10_000 }];
    const error = await publishDisk(usualDisk(), { workers: 1 }).catch((thrown) => thrown);
    expect(
      error
        .toDiagnostics()
        .map((one: MirageError) => one.message)
        .join(),
    ).toMatch(/a web page, with the status 500/);
    await other.stop();
  }
});

test("AWS's own words are in a refusal", async () => {
  const fake = await useAws();
  const words = "not authorized to perform: kms:GenerateDataKeyWithoutPlaintext on the key";
  fake.faults = [{ at: "ebs:StartSnapshot", kind: "forbidden", words }];
  const error = await publishDisk(usualDisk()).catch((thrown) => thrown);
  expect(error.message).toContain(words);
  expect(error.hint).toContain("the key of KMS has to allow kms:GenerateDataKeyWithoutPlaintext");
});

const key = "arn:aws:kms:eu-west-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab";

test("an encrypted image is one of its own, also in other regions", async () => {
  const fake = await useAws();
  const disk = usualDisk();
  const plain = await publishDisk(disk);
  const encrypted = await publishDisk(disk, { encryption: { key }, copyTo: ["us-east-1"] });
  expect(encrypted).toMatchObject({ created: true });
  expect(encrypted.image).not.toBe(plain.image);
  const keys = [...fake.home.snapshots.values()].map(({ encryption }) => encryption);
  expect(keys).toEqual([undefined, key]);
  expect(onlySnapshot(fake.region("us-east-1")).encryption).toBe(
    key.replace("eu-west-1", "us-east-1"),
  );
  expect(await publishDisk(disk, { encryption: {} })).toMatchObject({ created: false });
});

test.each([
  [{ encryption: { key: "alias/mine" } }, "is not a key of KMS"],
  [
    { encryption: { key: key.replace("mrk-", "") }, copyTo: ["us-east-1"] },
    "cannot use a key of this one",
  ],
  [{ encryption: {}, shareWith: ["210987654321"] }, "the account's own key cannot be shared"],
  [{ encryption: { key }, shareWith: ["all"] }, "cannot be shared with everybody"],
  [{ deprecateAfterDays: 4000 }, "after 1 to 3650 days"],
])("%j is refused before anything is called", async (request, message) => {
  const fake = await useAws();
  const error = await publishDisk(usualDisk(), request).catch((thrown) => thrown);
  expect(error.message).toContain(message);
  expect(fake.seen).toEqual([]);
});

test("what an image says of IMDS, its boot mode, its volume and its end", async () => {
  const fake = await useAws();
  await publishDisk(usualDisk(), { imds: "v2", deprecateAfterDays: 30 });
  const [image] = fake.home.images.values();
  expect(image?.attributes).toMatchObject({
    imdsSupport: "v2.0",
    bootMode: "legacy-bios",
    volumeType: "gp3",
  });
  const days = (Date.parse(image?.deprecated ?? "") - Date.now()) / 86_400_000;
  expect(Math.round(days)).toBe(30);
});
