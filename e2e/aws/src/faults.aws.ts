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
  return error.toDiagnostics().map(({ message, hint }) => `${message} ${hint}`).join("\n");
}

const passing: readonly [FaultKind, number][] = [
  ["throttle", 4],
  ["error", 2],
  ["reset", 1],
  ["lost", 1],
  ["truncated", 1],
  ["skew", 1],
];

test.each(passing)("a passing fault (%s, %i times) at any call is overcome", async (kind, times) => {
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
});
