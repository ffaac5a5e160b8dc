import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync, cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { mirage, mirageOk, repository, startMirage, temporaryFolder } from "./support/mirage.js";

const port = 18_947;
const metricsPort = 18_948;
const url = `http://127.0.0.1:${port}/`;

/** A web site with a level of its log and an argument, built for a target. */
async function built(target: string, cleanUp: (job: () => void) => void): Promise<string> {
  const folder = temporaryFolder(cleanUp);
  cpSync(join(repository, "e2e/xen/guests/told"), folder, { recursive: true });
  appendFileSync(join(folder, "told.conf"), `metrics-port: ${metricsPort}\n`);
  await mirageOk(["configure", target], folder);
  await mirageOk(["build"], folder);
  return folder;
}

/** Starts it in the background, and ends it with the test; the port where it is. */
async function detached(folder: string, args: readonly string[]): Promise<void> {
  onTestFinished(async () => {
    await mirage(["stop", "told"], folder);
    await mirage(["rm", "told"], folder);
  });
  await mirageOk(["run", "--detach", ...args], folder);
}

const ways = [
  { target: "--socket", args: ["--", "--http-port", `${port}`] },
  {
    target: "--unix",
    args: [
      ...["--publish", `127.0.0.1:${port}:80`, "--strict-port"],
      ...["--publish", `127.0.0.1:${metricsPort}:${metricsPort}`],
      ...["--", "--ip-address", "10.0.9.2/24", "--ip-gateway", "10.0.9.1"],
    ],
  },
] as const;

describe.each(ways)("what runs with $target", ({ target, args }) => {
  let folder: string;
  beforeAll(async () => {
    const jobs: (() => void)[] = [];
    folder = await built(target, (job) => jobs.push(job));
    return () => {
      for (const job of jobs) job();
    };
  });

  test("says what it does, changes its log, and shows its frames", async () => {
    await detached(folder, args);
    for (let i = 0; i < 3; i++) expect((await fetch(url)).status).toBe(200);

    const stats = JSON.parse((await mirageOk(["stats", "told", "--json"], folder)).stdout);
    expect(stats).toMatchObject({ requests: 3, connections: expect.any(Number) });
    expect(stats.uptime).toBeGreaterThan(0);
    expect(stats.cpu).toBeGreaterThan(0);
    expect(stats.memory.heap).toBeGreaterThan(0);
    expect(stats.network.sent).toBeGreaterThan(100);
    expect((await mirageOk(["stats", "told"], folder)).stdout).toMatch(/^requests +3$/m);

    const counters = JSON.parse((await mirageOk(["netstat", "told", "--json"], folder)).stdout);
    expect(counters).toHaveProperty("TcpCurrEstab");

    expect((await mirageOk(["log-level", "told"], folder)).stdout).toBe("info\n");
    await mirageOk(["log-level", "told", "warning,application:debug"], folder);
    expect((await mirageOk(["log-level", "told"], folder)).stdout).toBe(
      "warning,application:debug\n",
    );
    const wrong = await mirage(["log-level", "told", "aplication:debug"], folder);
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toContain("no source is called aplication");

    const [titles, row] = (await mirageOk(["top", "--count", "1"], folder)).stdout.split("\n");
    expect(titles).toMatch(/^NAME +CPU +HEAP/);
    expect(row).toMatch(/^told +[\d.]+ % /);
    const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    expect(metrics).toMatch(/^told_pages_total 3$/m);
    expect(metrics).toMatch(/^http_requests_total\{code="200"\} 3$/m);
    const lint = spawnSync("promtool", ["check", "metrics"], { input: metrics, encoding: "utf8" });
    expect(lint).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect((await fetch(`http://127.0.0.1:${metricsPort}/`)).status).toBe(404);

    expect((await mirage(["stats", "tald"], folder)).stderr).toContain("did you mean told?");
  });
});

test("what runs is paused, goes on, and is started again", async () => {
  const folder = await built("--unix", onTestFinished);
  await detached(folder, ways[1].args);
  expect((await fetch(url)).status).toBe(200);
  await mirageOk(["pause", "told"], folder);
  expect((await mirageOk(["ps"], folder)).stdout).toMatch(/^told .* paused, started .* ago/m);
  await expect(fetch(url, { signal: AbortSignal.timeout(1000) })).rejects.toThrow();
  expect((await mirage(["stats", "told"], folder)).stderr).toContain("told: it is paused");
  await mirageOk(["resume", "told"], folder);
  expect((await fetch(url)).status).toBe(200);
  const before = JSON.parse((await mirageOk(["stats", "told", "--json"], folder)).stdout);
  await mirageOk(["restart", "told"], folder);
  expect((await fetch(url)).status).toBe(200);
  const after = JSON.parse((await mirageOk(["stats", "told", "--json"], folder)).stdout);
  expect(after.requests).toBeLessThan(before.requests);
  expect((await mirageOk(["ps"], folder)).stdout).toMatch(/^told .* running for/m);
  await mirageOk(["pause", "told"], folder);
});

test("what has ended says so", async () => {
  const folder = await built("--socket", onTestFinished);
  await detached(folder, ways[0].args);
  await mirageOk(["stop", "told"], folder);
  expect(await mirage(["stats", "told"], folder)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("told has ended"),
  });
});

test("the frames of a program are written as pcapng", async () => {
  const folder = await built("--unix", onTestFinished);
  await detached(folder, ways[1].args);
  const file = join(folder, "frames.pcapng");
  const capturing = startMirage(["capture", "told", "--output", file], folder);
  await capturing.says(/capturing/);
  expect((await fetch(url)).status).toBe(200);
  expect((await mirage(["capture", "told", "--output", "other"], folder)).stderr).toContain(
    "a capture runs already",
  );
  capturing.child.kill("SIGINT");
  const { code, stderr } = await capturing.finished;
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringMatching(/\d+ frames/) });
  expect(readFileSync(file).readUInt32LE(0)).toBe(0x0a0d0d0a);
  const shown = execFileSync("tcpdump", ["-nr", file, "tcp port 80"], { encoding: "utf8" });
  expect(shown).toContain("10.0.9.2.80");
  expect((await mirage(["capture", "told", "--output", file], folder)).stderr).toContain("already");
});
