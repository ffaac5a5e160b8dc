import { mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { copyOfExample, temporaryFolder } from "../../../src/support/mirage.js";
import { pseudoRandomBytes } from "../../../src/support/site.js";
import { buildForXen } from "../../../xen/src/application.js";
import { type Figure, table } from "../../../xen/src/figures/table.js";
import { virtioTest } from "../machine.js";
import { writeLinux } from "./linux.js";
import { Bench, type Server, type System } from "./server.js";

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
  add(await starts(bench, pages));
  add(...(await requestsAndIdleness(pages)));
  add(await bulkRate(systems(large, 64)));
  const least = {
    mirage: await leastMemory(bench, pages.mirage, { from: 4, to: 20, step: 1, seconds: 20 }),
    linux: await leastMemory(bench, pages.linux, { from: 32, to: 160, step: 4, seconds: 60 }),
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

/** With `more` MiB than the page alone takes. */
function systems({ mirage, linux }: Pair<string>, more = 0): Pair<System> {
  const image = (name: string) => join(linux, name);
  return {
    mirage: { start: ["-kernel", join(mirage, "mir-www.xen")], memory: 64 + more },
    linux: {
      start: [
        ...["-kernel", image("vmlinuz"), "-initrd", image("initrd.gz")],
        // A panic ends the machine at once.
        ...["-append", "console=ttyS0 quiet panic=-1"],
      ],
      memory: 256 + more,
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

/** Both at the same time, each on a network of its own, when they serve. */
async function together({ mirage, linux }: Pair<System>): Promise<Pair<Server>> {
  const servers = { mirage: new Bench().server(mirage), linux: new Bench().server(linux) };
  for (const server of [servers.mirage, servers.linux]) {
    if ((await server.firstPage(300)) === undefined) throw new Error("a machine does not serve");
  }
  return servers;
}

async function stop({ mirage, linux }: Pair<Server>): Promise<void> {
  await Promise.all([mirage.stop(), linux.stop()]);
}

async function requestsAndIdleness(pages: Pair<System>): Promise<Figure[]> {
  const servers = await together(pages);
  const requests: Figure = {
    name: "requests, 8 at a time, a connection for each",
    unit: "1/s",
    ...rates(servers, ["index.html", 300, 8], /Requests per second: +([\d.]+)/),
    rate: true,
    faster: 3,
  };
  const before = processorTimes(servers);
  await new Promise((wake) => setTimeout(wake, 60_000));
  const after = processorTimes(servers);
  await stop(servers);
  const idleness: Figure = {
    name: "processor time of an idle minute",
    unit: "s",
    mirage: after.mirage - before.mirage,
    linux: after.linux - before.linux,
  };
  return [requests, idleness];
}

function processorTimes({ mirage, linux }: Pair<Server>): Pair<number> {
  return { mirage: mirage.processorTime(), linux: linux.processorTime() };
}

async function bulkRate(files: Pair<System>): Promise<Figure> {
  const servers = await together(files);
  const kilobytes = rates(servers, ["large", 2, 1], /Transfer rate: +([\d.]+) \[Kbytes/);
  await stop(servers);
  const megabits = (rate: number) => (rate * 1024 * 8) / 1e6;
  return {
    name: "a file of 8 MiB",
    unit: "Mbit/s",
    mirage: megabits(kilobytes.mirage),
    linux: megabits(kilobytes.linux),
    rate: true,
    faster: 3,
  };
}

/** Medians of a figure in the reports of Apache's load generator, which asks the two in turns. */
function rates(
  servers: Pair<Server>,
  [path, requests, clients]: [path: string, requests: number, clients: number],
  figure: RegExp,
): Pair<number> {
  const found = { mirage: [] as number[], linux: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    for (const system of ["mirage", "linux"] as const) {
      const url = `http://10.0.0.2/${path}`;
      const report = servers[system].bench.inside(
        ...["ab", "-q", "-n", `${requests}`, "-c", `${clients}`, url],
      );
      const [, rate] = figure.exec(report) ?? [];
      const fails = /Failed requests: +[1-9]|Non-2xx/.test(report);
      if (rate === undefined || fails) throw new Error(`${system}:\n${report}`);
      found[system].push(Number(rate));
    }
  }
  return { mirage: median(found.mirage), linux: median(found.linux) };
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
