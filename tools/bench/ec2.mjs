// pnpm bench ec2: what publishing sends, how long it takes with 1, 16 and 64 workers, and its memory,
// against the fake of e2e/aws with 20 ms before each answer.
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runnerImport } from "vite";
import { ensureBuilt, root } from "../workspace.mjs";
import { load, machine, measure, table } from "./support/measure.mjs";

const blockSize = 512 * 1024;
const latencyMs = 20;
const workerCounts = [1, 16, 64];
const mirage = join(root, "apps/mirage/bin/mirage.js");

export async function bench() {
  ensureBuilt();
  const folder = mkdtempSync(join(tmpdir(), "bench-ec2-"));
  const { module } = await runnerImport(join(root, "e2e/aws/src/fake/fake-aws.ts"));
  const fake = await module.FakeAws.start({ latencyMs });
  try {
    // A disk of its own each time: what is there already is not sent again.
    const dense = { name: "64 MiB, all of it", size: 64 * 2 ** 20, used: 128 };
    const sparse = { name: "8 GiB, 100 MiB of it", size: 8 * 2 ** 30, used: 200 };
    const rows = [];
    for (const disk of [dense, sparse]) {
      for (const workers of workerCounts) {
        rows.push(await publish(fake, folder, disk, workers));
        console.error(rows.at(-1).join(", "));
      }
    }
    console.log(`${machine()}, load ${load()}, Node.js ${process.version}\n`);
    const head = [
      "disk",
      "workers",
      "calls",
      "blocks",
      "ideal",
      "sent",
      "ideal",
      "time",
      "processor",
      "memory",
    ];
    table(head, rows);
  } finally {
    await fake.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function publish(fake, folder, { name, size, used }, workers) {
  const disk = join(folder, "disk.img");
  writeDisk(disk, size, used, `${name} ${workers}`);
  fake.forgetCalls();
  const args = ["publish", "ec2", "--disk", disk, "--workers", `${workers}`];
  const env = { ...process.env, ...fake.environment(folder), XDG_STATE_HOME: folder };
  const { elapsed, processor, memory, code, output } = await measure(
    process.execPath,
    [mirage, ...args],
    {
      env,
    },
  );
  if (code !== 0) throw new Error(`mirage publish ec2 failed:\n${output}`);
  const puts = fake.seen.filter(({ action }) => action === "ebs:PutSnapshotBlock");
  const bytes = fake.seen.reduce((sum, call) => sum + call.bytes, 0);
  for (const { snapshots } of fake.regions.values()) {
    for (const { blocks } of snapshots.values()) blocks.clear(); // the fake's own memory
  }
  return [
    name,
    `${workers}`,
    `${fake.seen.length}`,
    `${puts.length}`,
    `${used}`,
    mebibytes(bytes),
    mebibytes(used * blockSize),
    seconds(elapsed),
    seconds(processor),
    `${Math.round(memory)} MB`,
  ];
}

/** A sparse disk with `used` blocks spread over it, different for each `seed`. */
function writeDisk(path, size, used, seed) {
  rmSync(path, { force: true });
  const fd = openSync(path, "w");
  ftruncateSync(fd, size);
  const blocks = size / blockSize;
  for (let n = 0; n < used; n++) {
    const index = Math.floor((n * blocks) / used);
    writeSync(fd, Buffer.alloc(blockSize, `${seed} ${n} `), 0, blockSize, index * blockSize);
  }
  closeSync(fd);
}

function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function mebibytes(bytes) {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
