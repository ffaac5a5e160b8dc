import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";

const TIME = "/usr/bin/time";

/**
 * Runs a command once. Elapsed and processor time in ms (the latter in steps of 10), peak memory in MB
 * (10^6 bytes), the exit code, and what it printed.
 */
export async function measure(command, args, { env = process.env, cwd } = {}) {
  if (!existsSync(TIME)) throw new Error(`${TIME} is not there: apt-get install time`);
  const report = join(tmpdir(), `bench-${process.pid}.time`);
  const start = performance.now();
  const child = spawn(TIME, ["-q", "-o", report, "-f", "%U %S %M", command, ...args], {
    env,
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  }
  const code = await new Promise((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
  });
  const elapsed = performance.now() - start;
  const [user, system, kib] = readFileSync(report, "utf8").trim().split(" ").map(Number);
  rmSync(report);
  return { elapsed, processor: 1000 * (user + system), memory: (kib * 1024) / 1e6, code, output };
}

/** Medians of measurements, the largest peak, and the spread of the elapsed times. */
export function summary(measurements) {
  const elapsed = measurements.map((one) => one.elapsed);
  return {
    elapsed: median(elapsed),
    least: Math.min(...elapsed),
    most: Math.max(...elapsed),
    processor: median(measurements.map(({ processor }) => processor)),
    memory: Math.max(...measurements.map(({ memory }) => memory)),
  };
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Least-squares slope of log y over log x: 1 is linear growth. */
export function exponent(points) {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)]);
  const mean = (index) => logs.reduce((sum, point) => sum + point[index], 0) / logs.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const sums = logs.reduce(
    ([xy, xx], [x, y]) => [xy + (x - meanX) * (y - meanY), xx + (x - meanX) ** 2],
    [0, 0],
  );
  return sums[0] / sums[1];
}

/** Processor and cores, for the line above a table. */
export function machine() {
  return `${cpus()[0]?.model.trim()}, ${cpus().length} cores`;
}

/** The load average of the last minute. */
export function load() {
  return loadavg()[0].toFixed(1);
}

/** Prints a markdown table. */
export function table(head, rows) {
  const cells = [head, head.map(() => "-"), ...rows.map((row) => row.map(String))];
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  for (const [index, row] of cells.entries()) {
    const padded = row.map((cell, column) => {
      if (index === 1)
        return "-".repeat(widths[column] - (column > 0 ? 1 : 0)) + (column > 0 ? ":" : "");
      return column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]);
    });
    console.log(`| ${padded.join(" | ")} |`);
  }
  console.log();
}
