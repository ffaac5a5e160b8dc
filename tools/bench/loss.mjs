// pnpm bench loss [--seeds N] [--against NAME]: a file of 1 MB from examples/www on its own TCP/IP stack,
// and from nginx on Linux's, through a relay that loses and delays frames: the same one, with the same
// seeds. NAME is a congestion control of Linux, by default what the machine has been told. Takes root.
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ensureAptPackages } from "../apt.mjs";
import { ensureBuilt, root, runQuietly } from "../workspace.mjs";
import { load, machine, median, table } from "./support/measure.mjs";

const mirage = join(root, "apps/mirage/bin/mirage.js");
const relay = fileURLToPath(new URL("support/loss.py", import.meta.url));
/** Percent each way, and milliseconds one way. */
const SETTINGS = [2, 5, 10, 20].flatMap((loss) => [5, 20].map((delay) => [loss, delay]));
/** What took longer counts as this many seconds. */
const PATIENCE = 90;

export async function bench(args) {
  const { values } = parseArgs({
    args,
    options: { seeds: { type: "string", default: "10" }, against: { type: "string" } },
  });
  if (process.getuid?.() !== 0) throw new Error("network namespaces and TAP devices take root");
  ensureAptPackages(["iproute2", "nginx-light", "python3"]);
  ensureBuilt();
  const control =
    values.against ?? readFileSync("/proc/sys/net/ipv4/tcp_congestion_control", "utf8").trim();
  const folder = mkdtempSync(join(tmpdir(), "bench-loss-"));
  const before = load();
  try {
    const application = build(folder);
    const times = measure(application, values.seeds, [
      `mirage=${join(application, "mir-www")}`,
      `nginx=nginx:${control}`,
    ]);
    console.log(`${machine()}, load ${before}; Linux with ${control}; ${values.seeds} seeds\n`);
    table(
      ["loss, one-way delay", "its own stack", "nginx on Linux's", "median ×", "mean ×"],
      SETTINGS.map(([loss, delay]) => {
        const [own, linux] = ["mirage", "nginx"].map((name) => times(name, loss, delay));
        return [
          `${loss} %, ${delay} ms`,
          shown(own),
          shown(linux),
          (median(own) / median(linux)).toFixed(2),
          (mean(own) / mean(linux)).toFixed(2),
        ];
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function build(folder) {
  const application = join(folder, "www");
  const excluded = /\/(_build|mir-www)$/;
  cpSync(join(root, "examples/www"), application, {
    recursive: true,
    filter: (path) => !excluded.test(path),
  });
  writeFileSync(join(application, "htdocs/large"), randomBytes(1_000_000));
  for (const words of [["configure", "--unix"], ["build"]]) {
    runQuietly(`mirage ${words.join(" ")}`, process.execPath, [mirage, ...words], {
      cwd: application,
    });
  }
  return application;
}

/** Runs all of it; the times of a program in a setting, in seconds. */
function measure(application, seeds, programs) {
  const settings = SETTINGS.map(([loss, delay]) => `${loss}:${delay}`).join(",");
  const args = [relay, application, "large", seeds, settings, ...programs];
  const { status, stdout } = spawnSync("python3", args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) throw new Error(`${relay} ended with ${status}`);
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => line.split(" "));
  return (name, loss, delay) =>
    lines
      .filter(
        ([who, ...setting]) =>
          who === name && setting[0] === `${loss}` && setting[1] === `${delay}`,
      )
      .map(([, , , , seconds]) => (seconds === "-" ? PATIENCE : Number(seconds)));
}

function mean(numbers) {
  return numbers.reduce((sum, n) => sum + n, 0) / numbers.length;
}

/** Median, and the longest. */
function shown(times) {
  return `${median(times).toFixed(2)} s (${Math.max(...times).toFixed(2)})`;
}
