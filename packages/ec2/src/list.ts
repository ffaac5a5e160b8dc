import { DescribeRegionsCommand } from "#sdk";
import { Connection } from "./connection.js";
import type { ConnectionOptions } from "./connection-options.js";
import { describeImages } from "./images.js";
import { describeInstances } from "./instances.js";
import type { DiskSnapshot, MachineImage, MachineInstance } from "./resources.js";
import { describeSnapshots } from "./snapshots.js";
import { madeByMirage } from "./tags.js";

/** What mirage made in one region. */
export interface Inventory {
  readonly region: string;
  readonly images: readonly MachineImage[];
  /** Snapshots without an image: what an interrupted publication left. */
  readonly strays: readonly DiskSnapshot[];
  /** Instances that aren't terminated. */
  readonly instances: readonly MachineInstance[];
}

export interface ListOptions extends ConnectionOptions {
  /** Only these; all that the account has when absent. */
  readonly regions?: readonly string[];
  readonly signal?: AbortSignal;
}

/** Everything that mirage made with this account, by region; regions with nothing are left out. */
export async function list(options: ListOptions = {}): Promise<Inventory[]> {
  const { regions, ...connecting } = options;
  const [first] = regions ?? [];
  const home = await Connection.open(first ? { ...connecting, region: first } : connecting);
  try {
    const names = regions ?? (await enabledRegions(home, options.signal));
    const inventories = await Promise.all(
      [...names].sort().map(async (name) => {
        const there = await home.inRegion(name);
        try {
          return await inventory(there, options.signal);
        } finally {
          if (there !== home) there.close();
        }
      }),
    );
    return inventories.filter(
      ({ images, strays, instances }) => images.length + strays.length + instances.length > 0,
    );
  } finally {
    home.close();
  }
}

async function enabledRegions(
  home: Connection,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const { Regions: regions = [] } = await home.call(
    "ec2:DescribeRegions",
    (http) => home.ec2.send(new DescribeRegionsCommand({}), http),
    signal,
  );
  return regions.flatMap(({ RegionName: name }) => name ?? []);
}

async function inventory(there: Connection, signal: AbortSignal | undefined): Promise<Inventory> {
  const filters = [madeByMirage];
  const [images, snapshots, instances] = await Promise.all([
    describeImages(there, { filters }, signal),
    describeSnapshots(there, { filters }, signal),
    describeInstances(there, { filters }, signal),
  ]);
  const used = new Set(images.flatMap((image) => image.snapshots));
  return {
    region: there.region,
    images,
    strays: snapshots.filter(({ id }) => !used.has(id)),
    instances: instances.filter(({ state }) => state !== "terminated"),
  };
}
