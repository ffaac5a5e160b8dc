import { mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { copyOfExample, temporaryFolder } from "../../../src/support/mirage.js";
import { pseudoRandomBytes } from "../../../src/support/site.js";
import { buildForXen } from "../application.js";
import { Guest } from "../rig/guest.js";
import { useRig, xenTest } from "../use-rig.js";
import { writeLinuxGuest } from "./linux.js";
import { load, loadGenerator } from "./load-generator.js";
import { createServer, leastMemory, prepareDom0, startTimes } from "./measure.js";
import { type Figure, table } from "./table.js";

const say = console.error;
const rounds = 3;
const bulk = 8 << 20;
const rig = useRig(async () => ({ archives: [await loadGenerator(say)] }));

/** Something of each of the two systems. */
interface Pair<T> {
  readonly mirage: T;
  readonly linux: T;
}

xenTest("figures", async () => {
  const page = await pair(() => {});
  const large = await pair((site) =>
    writeFileSync(join(site, "large"), pseudoRandomBytes(bulk, 1)),
  );
  const empty = copyOfExample("www");
  rmSync(join(empty, "htdocs"), { recursive: true });
  mkdirSync(join(empty, "htdocs"));
  await buildForXen(empty);
  await prepareDom0(rig());
  const guests = {
    mirage: await Guest.bring(rig(), page.mirage),
    linux: await Guest.bring(rig(), page.linux),
  };

  const figures: Figure[] = [];
  const add = (...more: Figure[]) => {
    figures.push(...more);
    say(table(more));
  };
  add(
    {
      name: "kernel, with the page",
      unit: "MB",
      mirage: megabytes(page.mirage, "mir-www.xen"),
      linux: megabytes(page.linux, "vmlinuz", "initrd.gz"),
    },
    {
      name: "kernel, without content",
      unit: "MB",
      mirage: megabytes(empty, "mir-www.xen"),
      most: 2,
    },
  );
  add(...(await starts(guests)));
  add(...(await throughput(page, large)));
  const least = await leastMemory(rig(), guests.mirage, { from: 4, to: 20, step: 1, seconds: 20 });
  say(`least memory: ${least} MiB`);
  add({
    name: "least memory",
    unit: "MiB",
    mirage: least,
    linux: await leastMemory(rig(), guests.linux, { from: 32, to: 160, step: 4, seconds: 120 }),
    most: 12,
  });
  writeFileSync(process.env.MIRAGE_FIGURES ?? "", table(figures));
});

async function pair(fill: (site: string) => void): Promise<Pair<string>> {
  const mirage = copyOfExample("www");
  const site = join(mirage, "htdocs");
  fill(site);
  const linux = temporaryFolder();
  await writeLinuxGuest(linux, site, say);
  return { mirage: await buildForXen(mirage), linux };
}

function megabytes(folder: string, ...files: string[]): number {
  return files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0) / 1e6;
}

async function starts({ mirage, linux }: Pair<Guest>): Promise<Figure[]> {
  const times = { mirage: [] as Start[], linux: [] as Start[] };
  // In turns, so that a busy machine slows both alike.
  for (let round = 0; round < rounds; round++) {
    times.mirage.push(await startTimes(rig(), mirage));
    times.linux.push(await startTimes(rig(), linux));
  }
  const of = (what: keyof Start) => ({
    mirage: median(times.mirage.map((start) => start[what])),
    linux: median(times.linux.map((start) => start[what])),
  });
  return [
    { name: "`xl create` to the first answer to ping", unit: "s", ...of("ping"), sooner: 30 },
    { name: "`xl create` to the first page", unit: "s", ...of("http"), sooner: 30 },
  ];
}

type Start = Awaited<ReturnType<typeof startTimes>>;

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}

async function throughput(page: Pair<string>, large: Pair<string>): Promise<Figure[]> {
  const mirage = await served(page.mirage, large.mirage);
  const linux = await served(page.linux, large.linux);
  const figure = (name: string, unit: string, key: keyof typeof mirage): Figure => ({
    name,
    unit,
    mirage: mirage[key],
    linux: linux[key],
  });
  return [
    { ...figure("requests, 8 at a time, a connection for each", "1/s", "requests"), rate: true },
    { ...figure("a file of 8 MiB", "Mbit/s", "megabits"), rate: true },
    figure("processor time of an idle minute", "s", "idle"),
  ];
}

async function served(page: string, large: string) {
  const small = await createServer(rig(), page, "small");
  await rig().answersPing("10.0.0.2");
  const idle = await small.minute();
  const { requests } = await load(rig(), "", { requests: 300, clients: 8 });
  await small.xl("destroy");
  const big = await createServer(rig(), large, "large");
  await rig().answersPing("10.0.0.2");
  const { megabits } = await load(rig(), "large", { requests: 2, clients: 1 });
  await big.xl("destroy");
  return { requests, megabits, idle };
}
