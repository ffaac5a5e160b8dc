import { mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { copyOfExample, temporaryFolder } from "../../../src/support/mirage.js";
import { pseudoRandomBytes } from "../../../src/support/site.js";
import { buildForXen } from "../../../xen/src/application.js";
import { type Figure, table } from "../../../xen/src/figures/table.js";
import { virtioTest } from "../machine.js";
import { writeLinux } from "./linux.js";
import { Bench, type System } from "./server.js";

const say = console.error;
const rounds = 3;
const bulk = 8 << 20;

/** Something of each of the two systems. */
interface Pair<T> {
  readonly mirage: T;
  readonly linux: T;
}

virtioTest("figures", async () => {
  const page = await pair(() => {});
  const large = await pair((site) =>
    writeFileSync(join(site, "large"), pseudoRandomBytes(bulk, 1)),
  );
  const empty = copyOfExample("www");
  rmSync(join(empty, "htdocs"), { recursive: true });
  mkdirSync(join(empty, "htdocs"));
  await buildForXen(empty);
  const bench = new Bench();
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
      most: 2.1,
    },
  );
  const pages = systems(page);
  const files = systems(large);
  add(await starts(bench, pages));
  add(...(await throughput(bench, pages, files)));
  const least = {
    mirage: await leastMemory(bench, pages.mirage, { from: 4, to: 20, step: 1, seconds: 20 }),
    linux: await leastMemory(bench, pages.linux, { from: 32, to: 160, step: 4, seconds: 120 }),
  };
  add({ name: "least memory", unit: "MiB", ...least, most: 8 });
  writeFileSync(process.env.MIRAGE_FIGURES ?? "", table(figures));
});

async function pair(fill: (site: string) => void): Promise<Pair<string>> {
  const mirage = copyOfExample("www");
  const site = join(mirage, "htdocs");
  fill(site);
  const linux = temporaryFolder();
  await writeLinux(linux, site, say);
  return { mirage: await buildForXen(mirage), linux };
}

function systems({ mirage, linux }: Pair<string>): Pair<System> {
  const image = (name: string) => join(linux, name);
  return {
    mirage: { start: ["-kernel", join(mirage, "mir-www.xen")], memory: 64 },
    linux: {
      start: [
        ...["-kernel", image("vmlinuz"), "-initrd", image("initrd.gz")],
        ...["-append", "console=ttyS0 quiet"],
      ],
      memory: 256,
    },
  };
}

function megabytes(folder: string, ...files: string[]): number {
  return files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0) / 1e6;
}

async function starts(bench: Bench, { mirage, linux }: Pair<System>): Promise<Figure> {
  const times = { mirage: [] as number[], linux: [] as number[] };
  const time = async (system: System) => {
    const server = bench.server(system);
    const seconds = await server.firstPage(300);
    await server.stop();
    return seconds ?? Number.POSITIVE_INFINITY;
  };
  // In turns, so that a busy machine slows both alike.
  for (let round = 0; round < rounds; round++) {
    times.mirage.push(await time(mirage));
    times.linux.push(await time(linux));
  }
  return {
    name: "start of QEMU to the first page",
    unit: "s",
    mirage: median(times.mirage),
    linux: median(times.linux),
    sooner: 30,
  };
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}

async function throughput(bench: Bench, pages: Pair<System>, files: Pair<System>) {
  const mirage = await served(bench, pages.mirage, files.mirage);
  const linux = await served(bench, pages.linux, files.linux);
  const figure = (name: string, unit: string, key: keyof typeof mirage): Figure => ({
    name,
    unit,
    mirage: mirage[key],
    linux: linux[key],
  });
  return [
    {
      ...figure("requests, 8 at a time, a connection for each", "1/s", "requests"),
      rate: true,
      faster: 3,
    },
    { ...figure("a file of 8 MiB", "Mbit/s", "megabits"), rate: true, faster: 3 },
    figure("processor time of an idle minute", "s", "idle"),
  ];
}

async function served(bench: Bench, page: System, file: System) {
  const small = bench.server(page);
  await small.firstPage(300);
  const before = small.processorTime();
  await new Promise((wake) => setTimeout(wake, 60_000));
  const idle = small.processorTime() - before;
  const { requests } = load(bench, "index.html", 300, 8);
  await small.stop();
  const big = bench.server({ ...file, memory: file.memory + 64 });
  await big.firstPage(300);
  const { megabits } = load(bench, "large", 2, 1);
  await big.stop();
  return { requests, megabits, idle };
}

/** What Apache's load generator gets: requests and megabits a second. */
function load(bench: Bench, path: string, requests: number, clients: number) {
  const url = `http://10.0.0.2/${path}`;
  const report = bench.inside("ab", "-q", "-n", `${requests}`, "-c", `${clients}`, url);
  const number = (pattern: RegExp) => {
    const [, digits] = pattern.exec(report) ?? [];
    if (digits === undefined) throw new Error(`ab says nothing like ${pattern}:\n${report}`);
    return Number(digits);
  };
  if (number(/Failed requests: +(\d+)/) > 0 || report.includes("Non-2xx")) throw new Error(report);
  return {
    requests: number(/Requests per second: +([\d.]+)/),
    megabits: (number(/Transfer rate: +([\d.]+) \[Kbytes/) * 1024 * 8) / 1e6,
  };
}

interface Search {
  /** Too little, in MiB. */
  readonly from: number;
  /** Enough, in MiB. */
  readonly to: number;
  /** How close it is to come, in MiB. */
  readonly step: number;
  /** How long a machine may take to serve. */
  readonly seconds: number;
}

/** The least memory, in MiB, in which twenty pages are served; found by bisection. */
async function leastMemory(bench: Bench, system: System, { from, to, step, seconds }: Search) {
  let [tooLittle, enough] = [from, to];
  while (enough - tooLittle > step) {
    const memory = (tooLittle + enough) >> 1;
    const server = bench.server({ ...system, memory });
    const starts = (await server.firstPage(seconds)) !== undefined;
    const serves = starts && Array.from({ length: 20 }).every(() => server.page(5));
    await server.stop();
    if (serves) enough = memory;
    else tooLittle = memory;
  }
  return enough;
}
