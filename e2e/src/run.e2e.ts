import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { copyOfExample, mirageOk, run, startMirage } from "./support/mirage.js";
import { asNobody, isRoot, networkNamespace } from "./support/namespace.js";

let folder: string;
beforeAll(async () => {
  const jobs: (() => void)[] = [];
  folder = copyOfExample("www", (job) => jobs.push(job));
  await mirageOk(["configure", "--unix"], folder);
  await mirageOk(["build"], folder);
  return () => {
    for (const job of jobs) job();
  };
});

/** Processes whose command line mentions the test's folder, which is unlike any other's. */
function processesOf(place: string): string[] {
  return readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      } catch {
        return "";
      }
    })
    .filter((line) => line.includes(place));
}

async function eventuallyNoProcesses(place: string): Promise<void> {
  for (let attempt = 0; attempt < 100 && processesOf(place).length > 0; attempt++) await sleep(50);
  expect(processesOf(place)).toEqual([]);
}

describe("--publish", () => {
  test.each(["SIGINT", "SIGTERM"] as const)("%s ends everything", async (signal) => {
    const running = startMirage(["run", "--publish", "127.0.0.1:0:80"], folder);
    await running.says(/serves TCP/);
    expect(processesOf(folder)).not.toEqual([]);
    running.child.kill(signal);
    expect((await running.finished).code).toBe(signal === "SIGINT" ? 130 : 143);
    await eventuallyNoProcesses(folder);
  });

  test("a killed command leaves no process behind", async () => {
    const running = startMirage(["run", "--publish", "127.0.0.1:0:80"], folder);
    await running.says(/serves TCP/);
    running.child.kill("SIGKILL");
    await running.finished;
    await eventuallyNoProcesses(folder);
  });

  test("a taken port gives way to the next free one, or is refused with --strict-port", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    onTestFinished(() => {
      other.close();
    });
    const { port } = other.address() as { port: number };
    const running = startMirage(["run", "--publish", `${port}:80`], folder);
    const [, used] = await running.says(/http:\/\/127\.0\.0\.1:(\d+)\//);
    expect(Number(used)).toBeGreaterThan(port);
    expect(running.stderr).toContain(String(port));
    const body = await (await fetch(`http://127.0.0.1:${used}/`)).text();
    expect(body).toContain("Served by a unikernel");
    const strict = startMirage(["run", "--strict-port", "--publish", `${port}:80`], folder);
    expect((await strict.finished).code).toBe(1);
    expect(strict.stderr).toContain(String(port));
  });

  test.runIf(isRoot)("works for a user without any right", async () => {
    chmodSync(folder, 0o755);
    const running = startMirage(["run", "--publish", "127.0.0.1:0:80"], folder, asNobody);
    const [, port] = await running.says(/http:\/\/127\.0\.0\.1:(\d+)\//);
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
  });
});

describe.runIf(isRoot)("on a network of the host", () => {
  test("opens the TAP device, serves from 10.0.0.2, answers ping, and leaves no device", async () => {
    const { name, exec } = networkNamespace(onTestFinished);
    const running = startMirage(["run"], folder, exec);
    await running.says(/serves TCP/);
    const [ip = "", ...words] = exec;
    const page = await run(ip, [...words, "curl", "-sS", "--max-time", "20", "http://10.0.0.2/"]);
    expect(page.stdout).toContain("Served by a unikernel");
    const ping = await run(ip, [...words, "ping", "-c", "3", "-W", "5", "10.0.0.2"]);
    expect(ping.code).toBe(0);
    running.child.kill("SIGINT");
    expect((await running.finished).code).toBe(130);
    expect(execFileSync("ip", ["-n", name, "tuntap", "list"], { encoding: "utf8" })).toBe("");
  });

  test("without the right to open a device, it says what helps", async () => {
    chmodSync(folder, 0o755);
    const { exec } = networkNamespace(onTestFinished);
    const running = startMirage(["run"], folder, [...exec, ...asNobody]);
    expect((await running.finished).code).toBe(1);
    expect(running.stderr).toContain("--publish");
    expect(running.stderr).toMatch(/sudo|setcap/);
  });
});
