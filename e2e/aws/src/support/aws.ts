import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type PublishOptions, type PublishRequest, publish } from "@mirage/ec2";
import { expect, onTestFinished } from "vitest";
import { FakeAws, type FakeAwsOptions } from "../fake/fake-aws.js";
import type { FakeSnapshot, Region } from "../fake/region.js";
import { blockSize, writeDisk } from "./disk.js";

/** A fake AWS of a test's own, whose endpoint and credentials are this process's meanwhile. */
export async function useAws(options: FakeAwsOptions = {}): Promise<FakeAws> {
  const fake = await FakeAws.start(options);
  const home = temporaryFolder();
  const variables = fake.environment(home);
  const before = Object.fromEntries(
    Object.keys(variables).map((name) => [name, process.env[name]]),
  );
  Object.assign(process.env, variables);
  onTestFinished(async () => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await fake.stop();
    expect(fake.misfits).toEqual([]);
  });
  return fake;
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "mirage-e2e-aws-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Blocks of the usual disk: the first, neighbours, and the last, which is cut short. */
export const usualBlocks = [0, 3, 4, 7, 9];
const usualSize = 9 * blockSize + 4096;

/** A disk of ten blocks, half of them zeros. */
export function usualDisk(folder = temporaryFolder(), seed = 1): string {
  const path = join(folder, "disk.img");
  writeDisk(path, usualSize, usualBlocks, seed);
  return path;
}

/** Patience of a test: short pauses, the number of attempts as it is. */
export const quick = {
  retry: { baseMs: 1, capMs: 4 },
  poll: { firstMs: 1, capMs: 2 },
  timeoutMs: 10_000,
} satisfies PublishOptions;

/** Publishes a disk as the tests do it. */
export function publishDisk(
  disk: string,
  options: PublishOptions & Partial<Omit<PublishRequest, "disk">> = {},
) {
  const { name = "www", imageName, copyTo = [], shareWith = [], ...others } = options;
  const { encryption, imds, deprecateAfterDays, ...rest } = others;
  const request = {
    disk,
    name,
    copyTo,
    shareWith,
    ...(imageName ? { imageName } : {}),
    ...(encryption ? { encryption } : {}),
    ...(imds ? { imds } : {}),
    ...(deprecateAfterDays ? { deprecateAfterDays } : {}),
  };
  return publish(request, { ...quick, journals: temporaryFolder(), ...rest });
}

/** The volume that a snapshot gives, cut to `length` bytes; fails if something lies behind them. */
export function readBack({ blocks }: FakeSnapshot, length: number): Buffer {
  const volume = Buffer.alloc(Math.ceil(length / blockSize) * blockSize);
  for (const [index, data] of blocks) {
    if ((index + 1) * blockSize > volume.length) throw new Error(`there is a block ${index}`);
    data.copy(volume, index * blockSize);
  }
  if (volume.subarray(length).some((byte) => byte !== 0)) throw new Error("bytes behind the end");
  return volume.subarray(0, length);
}

/** The snapshot of a region's only image. */
export function onlySnapshot(region: Region): FakeSnapshot {
  const [snapshot] = region.snapshots.values();
  if (!snapshot || region.snapshots.size > 1 || region.images.size !== 1)
    throw new Error(`${region.snapshots.size} snapshots, ${region.images.size} images`);
  return snapshot;
}
