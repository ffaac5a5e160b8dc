import { readFileSync } from "node:fs";
import { MirageError } from "@mirage/diagnostics";
import { list } from "@mirage/ec2";
import { expect, test } from "vitest";
import type { FakeAws, FaultKind } from "./fake/fake-aws.js";
import {
  onlySnapshot,
  publishDisk,
  quick,
  readBack,
  temporaryFolder,
  useAws,
  usualDisk,
} from "./support/aws.js";

const target = "us-east-1";
/** One worker, so that the order of calls is the same each time. */
const options = { workers: 1, copyTo: [target], shareWith: ["210987654321"] };

/** The calls of a publication when nothing goes wrong, by number. */
async function callsOfPublication(): Promise<string[]> {
  const fake = await useAws();
  await publishDisk(usualDisk(), options);
  return fake.seen.map(({ action, region }) => `${action} ${region}`);
}

/** What there is that `list` doesn't show. */
async function hidden(fake: FakeAws): Promise<string[]> {
  const shown = new Set<string>();
  for (const { images, strays } of await list({ ...quick })) {
    for (const { id, snapshots } of images) for (const one of [id, ...snapshots]) shown.add(one);
    for (const { id } of strays) shown.add(id);
  }
  return everything(fake).filter((id) => !shown.has(id));
}

function everything(fake: FakeAws): string[] {
  return [...fake.regions.values()].flatMap(({ images, snapshots }) => [
    ...images.keys(),
    ...snapshots.keys(),
  ]);
}

/** One image and one snapshot in each region, with the content of the disk. */
function expectWhole(fake: FakeAws, disk: string): void {
  const wanted = readFileSync(disk);
  for (const region of [fake.home, fake.region(target)]) {
    expect(readBack(onlySnapshot(region), wanted.length).equals(wanted)).toBe(true);
    const [image] = region.images.values();
    expect(image?.state).toBe("available");
    expect([...(image?.launchPermissions ?? [])]).toEqual(["UserId=210987654321"]);
  }
}

async function failureOf(job: Promise<unknown>): Promise<MirageError> {
  const error = await job.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof MirageError) return error;
  throw new Error(`no MirageError, but ${error}`);
}

function mentions(error: MirageError): string {
  return error
    .toDiagnostics()
    .map(({ message, hint }) => `${message} ${hint}`)
    .join("\n");
}

const passing: readonly [FaultKind, number][] = [
  ["throttle", 4],
  ["error", 2],
  ["reset", 1],
  ["lost", 1],
  ["truncated", 1],
  ["skew", 1],
];

test.each(passing)(
  "a passing fault (%s, %i times) at any call is overcome",
  async (kind, times) => {
    const calls = await callsOfPublication();
    for (const at of calls.keys()) {
      const fake = await useAws();
      const disk = usualDisk();
      fake.faults = [{ at, kind, times }];
      await publishDisk(disk, options).catch((error) => {
        throw new Error(`${kind} at ${calls[at]}: ${error.message}`, { cause: error });
      });
      expectWhole(fake, disk);
      await fake.stop();
    }
  },
);

test("an answer that comes too late is asked for again", async () => {
  const calls = await callsOfPublication();
  const actions = new Set(calls);
  for (const call of actions) {
    const fake = await useAws({ slowMs: 700 });
    const disk = usualDisk();
    fake.faults = [{ at: calls.indexOf(call), kind: "slow" }];
    await publishDisk(disk, { ...options, timeoutMs: 400 });
    expectWhole(fake, disk);
  }
});

test("a call that is not allowed ends it, says the action, and nothing hidden is left", async () => {
  const calls = await callsOfPublication();
  for (const [at, call] of calls.entries()) {
    const fake = await useAws();
    fake.faults = [{ at, kind: "forbidden" }];
    const error = await failureOf(publishDisk(usualDisk(), options));
    const [action = "", region = ""] = call.split(" ");
    expect(mentions(error)).toContain(`may not call ${action} in ${region}`);
    expect(mentions(error)).toContain(`"Action":"${action}"`);
    expect(await hidden(fake)).toEqual([]);
    expectReported(fake, error);
  }
});

test("credentials that expire end it; what is left is said, and the next run finishes it", async () => {
  const calls = await callsOfPublication();
  for (const at of calls.keys()) {
    const fake = await useAws();
    const disk = usualDisk();
    const journals = temporaryFolder();
    fake.faults = [{ at, kind: "expired" }];
    const error = await failureOf(publishDisk(disk, { ...options, journals }));
    expect(error.toDiagnostics().map(({ code }) => code)).toContain(
      "ERR_MIRAGE_EC2_CREDENTIALS_EXPIRED",
    );
    fake.recover();
    expect(await hidden(fake)).toEqual([]);
    expectReported(fake, error);
    const again = await publishDisk(disk, { ...options, journals });
    expectWhole(fake, disk);
    expect(again.snapshots).toHaveLength(1);
  }
});

test("a service that stays away ends it; afterwards nothing hidden is left", async () => {
  const calls = await callsOfPublication();
  for (const [at] of calls.entries()) {
    const fake = await useAws();
    const disk = usualDisk();
    fake.faults = [{ at, kind: "lost", times: 1000 }];
    const retry = { ...quick.retry, attempts: 3 };
    const error = await failureOf(publishDisk(disk, { ...options, retry }));
    expect(mentions(error)).toContain("no answer");
    fake.recover();
    expect(await hidden(fake)).toEqual([]);
    expectReported(fake, error);
    await publishDisk(disk, options);
    expectWhole(fake, disk);
  }
});

test("interrupted at any call, it leaves nothing unfinished", async () => {
  const calls = await callsOfPublication();
  for (const at of calls.keys()) {
    const fake = await useAws();
    const interrupted = new AbortController();
    fake.onCall = (number) => {
      if (number === at) interrupted.abort();
    };
    const { signal } = interrupted;
    const error = await failureOf(publishDisk(usualDisk(), { ...options, signal })).catch(
      () => undefined,
    );
    for (const { snapshots, images } of fake.regions.values()) {
      expect([...images.values()].map(({ state }) => state)).not.toContain("pending");
      expect(snapshots.size).toBe(images.size);
    }
    if (error) expectReported(fake, error);
  }
});

test("a snapshot that fails is final: it is removed, and the next run makes another", async () => {
  const fake = await useAws();
  const disk = usualDisk();
  fake.snapshotFates.push("error");
  const error = await failureOf(publishDisk(disk));
  expect(error.code).toBe("ERR_MIRAGE_EC2_SNAPSHOT");
  expect(error.message).toContain("a fault of the test");
  expect(everything(fake)).toEqual([]);
  await publishDisk(disk, options);
  expectWhole(fake, disk);
});

test("an image that fails is removed with its snapshot, here and where it was copied to", async () => {
  const fake = await useAws();
  const disk = usualDisk();
  fake.imageFates.push("failed");
  const error = await failureOf(publishDisk(disk));
  expect(error.code).toBe("ERR_MIRAGE_EC2_IMAGE");
  expect(everything(fake)).toEqual([]);

  fake.imageFates.push("available", "failed");
  const copy = await failureOf(publishDisk(disk, options));
  expect(copy.code).toBe("ERR_MIRAGE_EC2_COPY");
  expect(fake.region(target).images.size).toBe(0);
  expect(fake.region(target).snapshots.size).toBe(0);
  expectReported(fake, copy);
  const again = await publishDisk(disk, options);
  expect(again.created).toBe(false);
  expectWhole(fake, disk);
});

test("a snapshot that AWS has given up is replaced", async () => {
  const fake = await useAws();
  const disk = usualDisk();
  const journals = temporaryFolder();
  fake.faults = [{ at: "ebs:CompleteSnapshot", kind: "expired" }];
  await failureOf(publishDisk(disk, { journals }));
  fake.recover();
  const [abandoned] = fake.home.snapshots.values();
  if (abandoned) abandoned.state = "error";
  await publishDisk(disk, { ...options, journals });
  expectWhole(fake, disk);
});

/** Whatever is left at AWS after a failure is named in its error. */
function expectReported(fake: FakeAws, error: MirageError): void {
  const text = mentions(error);
  for (const { name, images, snapshots } of fake.regions.values()) {
    const used = [...images.values()].map(({ snapshot }) => snapshot);
    const strays = [...snapshots.keys()].filter((id) => !used.includes(id));
    for (const id of [...images.keys(), ...strays]) {
      const named = text.includes(`mirage ec2 remove ${id} --region ${name}`);
      const pointedAt = text.includes(`mirage ec2 list --region ${name}`);
      expect(named || pointedAt, `${id} in ${name}, but:\n${text}`).toBe(true);
    }
  }
}
